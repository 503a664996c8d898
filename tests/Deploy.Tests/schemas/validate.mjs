// Checks the YAML documents on standard input against the JSON schemas in kubernetes-models; one line for each problem, exit code 1 if any.
// YAML 1.1, as kubectl and helm read it: a bare y, on or 0400 is not the string that it looks like.
import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";

const operators = {
  "cert-manager.io": "@kubernetes-models/cert-manager", "gateway.networking.k8s.io": "@kubernetes-models/gateway-api",
  "monitoring.coreos.com": "@kubernetes-models/prometheus-operator", "keda.sh": "@kubernetes-models/keda",
};
let problems = 0;
const say = text => { problems++; console.log(text); };

for (const document of parseAllDocuments(readFileSync(0, "utf8"), { uniqueKeys: true, version: "1.1" })) {
  for (const error of document.errors) say(`YAML: ${error.message}`);
  const object = document.errors.length ? null : document.toJS();
  if (!object) continue;
  const what = `${object.kind}/${object.metadata?.name}`;
  const [group, version] = object.apiVersion.includes("/") ? object.apiVersion.split("/") : ["", object.apiVersion];
  const module = `${operators[group] ?? "kubernetes-models"}/${group ? `${group}/` : ""}${version}`;
  let Kind;
  try {
    Kind = (await import(module))[object.kind];
  } catch (error) {
    say(`${what}: there is no schema of ${object.apiVersion} (${error.code})`);
    continue;
  }
  if (!Kind) {
    say(`${what}: ${object.apiVersion} has no such kind`);
    continue;
  }
  try {
    new Kind(object).validate();
  } catch (error) {
    say(`${what}: ${error.message}`);
  }
}
process.exit(problems ? 1 : 0);
