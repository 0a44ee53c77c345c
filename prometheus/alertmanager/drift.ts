export interface RunningAlertmanager {
  x: 1;
}
export function alertmanagerDrift() {
  return [];
}
