export interface RunningPrometheus {
  x: 1;
}
export function prometheusDrift() {
  return [];
}
