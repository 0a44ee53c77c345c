import { defineStak } from "vigie";

export default defineStak({});
