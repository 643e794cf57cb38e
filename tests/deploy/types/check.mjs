// Judges manifests by the types of Kubernetes and of the Prometheus Operator, unknown fields included, and the bill of
// materials by CycloneDX' own schema:
//   node check.mjs FILE ...
// *.yaml and *.json hold manifests (JSON: one list of them), *.cdx.json a bill of materials. Kinds without types here
// (services.cloud.sap.com, kustomize.config.k8s.io) are left out.
import fs from 'node:fs';
import {execFileSync} from 'node:child_process';
import {createRequire} from 'node:module';
import * as CDX from '@cyclonedx/cyclonedx-library';
const yaml = createRequire(import.meta.url)('js-yaml');

const untyped = new Set(['services.cloud.sap.com', 'kustomize.config.k8s.io']);
let failed = false;


const manifests = [];
for (const file of process.argv.slice(2)) {
  const text = fs.readFileSync(file, 'utf8');
  if (file.endsWith('.cdx.json')) {
    const version = JSON.parse(text).specVersion;
    const fault = await new CDX.Validation.JsonStrictValidator(version).validate(text);
    if (fault) {
      failed = true;
      console.log(`${file}: ${JSON.stringify(fault).slice(0, 2000)}`);
    } else {
      console.log(`${file}: good, CycloneDX ${version}`);
    }
    continue;
  }
  const list = file.endsWith('.json') ? JSON.parse(text) : yaml.loadAll(text);
  manifests.push(...list.filter((d) => d && !untyped.has(d.apiVersion.split('/')[0])));
}

let source = '';
manifests.forEach((d, i) => {
  const [group, version] = d.apiVersion.includes('/') ? d.apiVersion.split('/') : ['', d.apiVersion];
  const library = group === 'monitoring.coreos.com' ? '@kubernetes-models/prometheus-operator' : 'kubernetes-models';
  source += `import type {I${d.kind} as T${i}} from '${library}/${group ? group + '/' : ''}${version}';\n`;
  source += `export const ${d.kind}_${i}: T${i} = ${JSON.stringify(d, null, 1)};\n`;
});
fs.writeFileSync('manifests.ts', source);
try {
  execFileSync('node', ['node_modules/typescript/bin/tsc', '--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext',
    '--moduleResolution', 'nodenext', '--target', 'es2022', 'manifests.ts'], {encoding: 'utf8'});
  console.log(`${manifests.length} manifests: good`);
} catch (error) {
  failed = true;
  console.log(error.stdout);
}
process.exitCode = failed ? 1 : 0;
