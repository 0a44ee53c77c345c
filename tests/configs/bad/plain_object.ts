export default { name: "shop", locale: "en" };
