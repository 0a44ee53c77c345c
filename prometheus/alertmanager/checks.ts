export const alertmanagerChecks = [];
