import { equal } from "node:assert/strict";
import { decodeNotification } from "../payload.ts";
import { formatValue } from "./value.ts";

const valueOf = (alert: Record<string, unknown>, locale: "fr" | "en" = "en") =>
  formatValue(decodeNotification({ alerts: [alert] }).alerts[0]!, locale);

Deno.test("formatValue gives the annotation as it is", () => {
  equal(valueOf({ annotations: { value: " 97.9 %\n" }, values: { B: 1 } }), "97.9 %");
  equal(valueOf({}), "");
});

Deno.test("formatValue gives Grafana's values, one without its name, in the reader's language", () => {
  equal(valueOf({ values: { B: 97.8912345 } }), "97.8912");
  equal(valueOf({ values: { B: 1234.5, C: 1 } }), "B = 1,234.5, C = 1");
  equal(valueOf({ values: { B: 1234.5 } }, "fr"), "1\u202f234,5");
});

Deno.test("formatValue reads Grafana's sentence when there are no values", () => {
  equal(valueOf({ valueString: "[ var='B' labels={host=a, x=y} value=22.5 ]" }), "22.5");
  equal(
    valueOf({ valueString: "[ var='A' labels={} value=1 ], [ var='B' metric='m' labels={} value=NaN ]" }),
    "A = 1, B = NaN",
  );
  equal(valueOf({ valueString: "something else" }), "something else");
});
