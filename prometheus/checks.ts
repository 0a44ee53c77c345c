export const prometheusChecks = [];
