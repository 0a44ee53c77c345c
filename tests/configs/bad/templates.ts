import { defineStack } from "vigie";

export default defineStack({
  notify: {
    receivers: {
      console: [{
        kind: "console",
        templates: {
          title: "{{ status | upcas }}",
          alert: "{{ alert.lable.x }} {{ alert.anotations.summary }}",
          text: `{% for a in alerts %}
  {{ a.labels.instance }}: {{ a.statsu }}
{% endfor %}{{ alert.labels.x }}`,
        },
      }, { kind: "console", name: "again", templates: { title: "{% if status %}", texts: "x" } as never }],
    },
  },
});
