export const hosts = [{ name: "web-1" ];
