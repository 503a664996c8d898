{{- define "adaptcluster.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "adaptcluster.fullname" -}}
{{- $name := printf "%s-%s" .Release.Name (include "adaptcluster.name" .) -}}
{{- if .Values.fullnameOverride -}}
{{- $name = .Values.fullnameOverride -}}
{{- else if contains (include "adaptcluster.name" .) .Release.Name -}}
{{- $name = .Release.Name -}}
{{- end -}}
{{- if not (regexMatch "^[a-z]" $name) -}}
{{- fail (printf "the name '%s' begins with no letter, which Services must; name the release otherwise, or write fullnameOverride" $name) -}}
{{- end -}}
{{- $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "adaptcluster.selector" -}}
app.kubernetes.io/name: {{ include "adaptcluster.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{- define "adaptcluster.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{ include "adaptcluster.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "adaptcluster.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "adaptcluster.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- /* dict "root" $ "gpus" N "image" "" */ -}}
{{- define "adaptcluster.image" -}}
{{- $image := .root.Values.image -}}
{{- if .image -}}
{{- .image -}}
{{- else if and $image.cuda (gt (int .gpus) 0) -}}
{{- $image.cuda -}}
{{- else -}}
{{- $repository := required "image.repository: missing; write where your image is, such as registry.example/adaptcluster (docs/operators/operations.md says how it is built)" $image.repository -}}
{{- if or $image.digest $image.cudaDigest -}}
{{- $key := ternary "cudaDigest" "digest" (gt (int .gpus) 0) -}}
{{- printf "%s@%s" $repository (required (printf "image.%s: missing; silos with GPUs and those without have an image each, so write both digests" $key) (get $image $key)) -}}
{{- else -}}
{{- printf "%s:%s%s" $repository (default .root.Chart.AppVersion $image.tag) (ternary $image.cudaSuffix "" (gt (int .gpus) 0)) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "adaptcluster.storeSecret" -}}
{{- default (printf "%s-store" (include "adaptcluster.fullname" .)) .Values.store.existingSecret -}}
{{- end -}}

{{- define "adaptcluster.httpSecret" -}}
{{- default (printf "%s-http" (include "adaptcluster.fullname" .)) .Values.http.existingSecret -}}
{{- end -}}

{{- /* The pool of sweeps that name none. */ -}}
{{- define "adaptcluster.defaultPool" -}}
{{- $names := keys .Values.pools | sortAlpha -}}
{{- if .Values.defaultPool -}}
{{- if not (has .Values.defaultPool $names) -}}
{{- fail (printf "defaultPool: found '%s'; write one of the pools: %s" .Values.defaultPool (join ", " $names)) -}}
{{- end -}}
{{- .Values.defaultPool -}}
{{- else if eq (len $names) 1 -}}
{{- first $names -}}
{{- else -}}
{{- fail (printf "defaultPool: missing; there are several pools (%s), so say where sweeps go that name none" (join ", " $names)) -}}
{{- end -}}
{{- end -}}

{{- /* dict "secret" NAME "key" KEY */ -}}
{{- define "adaptcluster.fromSecret" -}}
{ secretKeyRef: { name: {{ .secret | quote }}, key: {{ .key | quote }} } }
{{- end -}}

{{- /* The database: one key with a connection string or URI, or the parts as an operator's Secret and the values have them. */ -}}
{{- define "adaptcluster.storeEnv" -}}
{{- $store := .Values.store -}}
{{- $secret := include "adaptcluster.storeSecret" . -}}
{{- $parts := dict -}}
{{- range $part := list "host" "port" "database" "username" "password" -}}
{{- if get $store.keys $part -}}
{{- $_ := set $parts $part (dict "key" (get $store.keys $part)) -}}
{{- else if and (ne $part "password") (get $store $part) -}}
{{- $_ := set $parts $part (dict "value" (get $store $part)) -}}
{{- end -}}
{{- end -}}
{{- if $parts -}}
{{- if not $store.existingSecret -}}
{{- fail "store: keys, host and the like need existingSecret, the Secret with the password; or write store.connectionString" -}}
{{- end -}}
{{- range $part := list "host" "database" "username" -}}
{{- if not (hasKey $parts $part) -}}
{{- fail (printf "store: %s is missing; write store.%s, or in store.keys.%s the key of the Secret %s that holds it" $part $part $part $store.existingSecret) -}}
{{- end -}}
{{- end -}}
{{- range $part, $from := $parts }}
- name: ADAPTCLUSTER_STORE__{{ upper $part }}
{{- if $from.key }}
  valueFrom: {{ include "adaptcluster.fromSecret" (dict "secret" $secret "key" $from.key) }}
{{- else }}
  value: {{ $from.value | toString | quote }}
{{- end }}
{{- end }}
{{- else }}
- name: ADAPTCLUSTER_STORE__CONNECTIONSTRING
  valueFrom: {{ include "adaptcluster.fromSecret" (dict "secret" $secret "key" $store.key) }}
{{- end }}
{{- if $store.parameters }}
- name: ADAPTCLUSTER_STORE__PARAMETERS
  value: {{ $store.parameters | quote }}
{{- end }}
{{- end -}}

{{- /* What every silo is told. */ -}}
{{- define "adaptcluster.env" -}}
- name: POD_NAME
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
- name: POD_IP
  valueFrom: { fieldRef: { fieldPath: status.podIP } }
{{ include "adaptcluster.storeEnv" . | trim }}
- name: ADAPTCLUSTER_CLUSTER__ID
  value: {{ default .Release.Name .Values.cluster.id | quote }}
- name: ADAPTCLUSTER_CLUSTER__SERVICEID
  value: {{ default .Release.Name .Values.cluster.serviceId | quote }}
- name: ADAPTCLUSTER_CLUSTER__SILOPORT
  value: "11111"
- name: ADAPTCLUSTER_CLUSTER__GATEWAYPORT
  value: "30000"
- name: ADAPTCLUSTER_CLUSTER__LISTENONANYADDRESS
  value: "true"
- name: ADAPTCLUSTER_CLUSTER__PROBESECONDS
  value: {{ .Values.cluster.probeSeconds | quote }}
- name: ADAPTCLUSTER_LEASE__DURATIONSECONDS
  value: {{ .Values.lease.durationSeconds | quote }}
- name: ADAPTCLUSTER_LEASE__RENEWSECONDS
  value: {{ .Values.lease.renewSeconds | quote }}
- name: ADAPTCLUSTER_HTTP__ADDRESS
  # Every interface, IPv4 and IPv6.
  value: "::"
- name: ADAPTCLUSTER_HTTP__PORT
  value: {{ .Values.http.port | quote }}
- name: ADAPTCLUSTER_HTTP__HEALTHPORT
  value: {{ include "adaptcluster.healthPort" . | quote }}
- name: ADAPTCLUSTER_HTTP__TOKEN
  valueFrom: {{ include "adaptcluster.fromSecret" (dict "secret" (include "adaptcluster.httpSecret" .) "key" .Values.http.key) }}
{{- range $variable, $key := dict "TOKEN2" .Values.http.secondKey "READTOKEN" .Values.http.readKey }}
{{- if $key }}
- name: ADAPTCLUSTER_HTTP__{{ $variable }}
  valueFrom: {{ include "adaptcluster.fromSecret" (dict "secret" (include "adaptcluster.httpSecret" $) "key" $key) }}
{{- end }}
{{- end }}
- name: ADAPTCLUSTER_HTTP__OPENMETRICS
  value: {{ include "adaptcluster.openMetrics" . | quote }}
{{- with .Values.logs.format }}
- name: ADAPTCLUSTER_LOGS__FORMAT
  value: {{ . | quote }}
{{- end }}
- name: ADAPTCLUSTER_MODELS
  value: {{ ternary "/models:/app/models" "/app/models" (ne .Values.models.existingClaim "") }}
- name: ADAPTCLUSTER_DATA
  value: /data
{{- if .Values.otlp.endpoint }}
- name: ADAPTCLUSTER_OTLP__ENDPOINT
  value: {{ .Values.otlp.endpoint | quote }}
- name: ADAPTCLUSTER_OTLP__PROTOCOL
  value: {{ .Values.otlp.protocol | quote }}
{{- end }}
{{- include "adaptcluster.tlsEnv" . }}
# The root file system is read-only.
- name: HOME
  value: /tmp
- name: CUDA_CACHE_PATH
  value: /tmp/cuda
- name: DOTNET_EnableDiagnostics
  value: "0"
{{- end -}}

{{- define "adaptcluster.tlsEnv" -}}
{{- if .Values.tls.enabled }}
- name: ADAPTCLUSTER_TLS__CERTIFICATE
  value: /tls/tls.crt
- name: ADAPTCLUSTER_TLS__KEY
  value: /tls/tls.key
- name: ADAPTCLUSTER_TLS__AUTHORITY
  value: /tls/ca.crt
- name: ADAPTCLUSTER_TLS__SERVERNAME
  value: {{ .Values.tls.serverName | quote }}
{{- end }}
{{- end -}}

{{- /* The Secret with tls.crt, tls.key and ca.crt of silos, or dict "root" $ "client" true: of clients. */ -}}
{{- define "adaptcluster.tlsSecret" -}}
{{- $tls := .root.Values.tls -}}
{{- if .client -}}
{{- default (default (printf "%s-tls-client" (include "adaptcluster.fullname" .root)) $tls.existingSecret) $tls.existingClientSecret -}}
{{- else -}}
{{- default (printf "%s-tls" (include "adaptcluster.fullname" .root)) $tls.existingSecret -}}
{{- end -}}
{{- end -}}

{{- /* Whether /metrics needs no token: what is written, or else so where nothing leads to the HTTP port from outside. */ -}}
{{- define "adaptcluster.openMetrics" -}}
{{- if kindIs "bool" .Values.http.openMetrics -}}
{{- .Values.http.openMetrics -}}
{{- else -}}
{{- not (or .Values.ingress.enabled .Values.httpRoute.enabled) -}}
{{- end -}}
{{- end -}}

{{- /* What people and programs call the page. */ -}}
{{- define "adaptcluster.publicUrl" -}}
{{- if .Values.http.publicUrl -}}
{{- .Values.http.publicUrl -}}
{{- else if and .Values.ingress.enabled .Values.ingress.host -}}
{{- printf "%s://%s" (ternary "https" "http" (ne .Values.ingress.tlsSecret "")) .Values.ingress.host -}}
{{- end -}}
{{- end -}}

{{- /* How people reach and enter the page; silos that host grains have it. */ -}}
{{- define "adaptcluster.pageEnv" -}}
{{- with include "adaptcluster.publicUrl" . }}
- name: ADAPTCLUSTER_HTTP__PUBLICURL
  value: {{ . | quote }}
{{- end }}
{{- with .Values.oidc }}
{{- if .authority }}
- name: ADAPTCLUSTER_HTTP__OIDC__AUTHORITY
  value: {{ .authority | quote }}
- name: ADAPTCLUSTER_HTTP__OIDC__CLIENTID
  value: {{ required "oidc.clientId: missing; write the name under which the provider knows the page" .clientId | quote }}
{{- $allow := required "oidc.allow: missing; write the claims of which one must be there, such as groups=ml-team, or *" .allow }}
{{- if kindIs "slice" $allow }}
{{- range $index, $claim := $allow }}
- name: ADAPTCLUSTER_HTTP__OIDC__ALLOW__{{ $index }}
  value: {{ $claim | quote }}
{{- end }}
{{- else }}
- name: ADAPTCLUSTER_HTTP__OIDC__ALLOW
  value: {{ $allow | quote }}
{{- end }}
{{- if .trustUnverifiedEmail }}
- name: ADAPTCLUSTER_HTTP__OIDC__TRUSTUNVERIFIEDEMAIL
  value: "true"
{{- end }}
{{- if .existingSecret }}
- name: ADAPTCLUSTER_HTTP__OIDC__CLIENTSECRET
  valueFrom: {{ include "adaptcluster.fromSecret" (dict "secret" .existingSecret "key" .key) }}
{{- end }}
{{- else if or .clientId .allow .existingSecret .trustUnverifiedEmail }}
{{- fail "oidc.authority: missing; write the provider's address, or leave the rest of oidc empty" }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "adaptcluster.healthPort" -}}
{{- if eq (int .Values.http.healthPort) (int .Values.http.port) -}}
{{- fail (printf "http.healthPort: %d is http.port too; write another port" (int .Values.http.port)) -}}
{{- end -}}
{{- .Values.http.healthPort -}}
{{- end -}}

{{- define "adaptcluster.probes" -}}
# Joining waits for the database, so starting may take long; being alive depends on this process alone.
startupProbe:
  httpGet: { path: /health/ready, port: health }
  periodSeconds: 5
  failureThreshold: 60
readinessProbe:
  httpGet: { path: /health/ready, port: health }
  periodSeconds: 10
  timeoutSeconds: 5
livenessProbe:
  httpGet: { path: /health/live, port: health }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
{{- end -}}

{{- define "adaptcluster.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ ALL ] }
{{- end -}}

{{- define "adaptcluster.mounts" -}}
{{ include "adaptcluster.commonMounts" . }}
- name: data
  mountPath: /data
  readOnly: true
{{- with .Values.data.subPath }}
  subPath: {{ . | quote }}
{{- end }}
{{- if .Values.models.existingClaim }}
- name: models
  mountPath: /models
  readOnly: true
{{- with .Values.models.subPath }}
  subPath: {{ . | quote }}
{{- end }}
{{- end }}
{{- if .Values.tls.enabled }}
- { name: tls, mountPath: /tls, readOnly: true }
{{- end }}
{{- end -}}

{{- define "adaptcluster.volumes" -}}
{{ include "adaptcluster.commonVolumes" . }}
- name: data
{{- if .Values.data.existingClaim }}
  persistentVolumeClaim: { claimName: {{ .Values.data.existingClaim | quote }}, readOnly: true }
{{- else }}
  emptyDir: {}
{{- end }}
{{- if .Values.models.existingClaim }}
- name: models
  persistentVolumeClaim: { claimName: {{ .Values.models.existingClaim | quote }}, readOnly: true }
{{- end }}
{{- if .Values.tls.enabled }}
- name: tls
  secret: { secretName: {{ include "adaptcluster.tlsSecret" (dict "root" .) | quote }}, defaultMode: 288 } # 0440 octal, which not every reader of YAML knows
{{- end }}
{{- end -}}

{{- /* Of whatever opens the database. */ -}}
{{- define "adaptcluster.commonMounts" -}}
- { name: tmp, mountPath: /tmp }
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "adaptcluster.commonVolumes" -}}
- name: tmp
  emptyDir: {}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* What all pods have: dict "root" $ "security" {} "account" NAME "api" false; what a pool says of its security wins, null takes away. */ -}}
{{- define "adaptcluster.podCommon" -}}
{{- $root := .root -}}
serviceAccountName: {{ default (include "adaptcluster.serviceAccount" $root) .account | quote }}
# Silos find each other in the database and ask Kubernetes nothing, but for the cost of their own pod's deletion where that is wanted.
automountServiceAccountToken: {{ default false .api }}
enableServiceLinks: false
{{- with $root.Values.imagePullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
{{- $security := deepCopy $root.Values.podSecurityContext }}
{{- range $key, $value := default dict .security }}
{{- if kindIs "invalid" $value }}
{{- $_ := unset $security $key }}
{{- else }}
{{- $_ := set $security $key $value }}
{{- end }}
{{- end }}
securityContext: {{ toYaml $security | nindent 2 }}
{{- end -}}

{{- /* Where pods may run: a section of the values with priorityClassName, nodeSelector and affinity. */ -}}
{{- define "adaptcluster.placement" -}}
{{- with .priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with .nodeSelector }}
nodeSelector: {{ include "adaptcluster.strings" . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- /* A map of texts, each quoted: "on", "1e3" and "007" stay what they are. */ -}}
{{- define "adaptcluster.strings" -}}
{{- range $key, $value := . }}
{{ $key | quote }}: {{ $value | quote }}
{{- end }}
{{- end -}}

{{- /* dict "what" "control.podLabels" "map" {} "own" (list) : a map of texts that has none of the chart's own keys. */ -}}
{{- define "adaptcluster.added" -}}
{{- $what := .what -}}
{{- $own := .own -}}
{{- range $key := keys .map -}}
{{- range $prefix := $own -}}
{{- if hasPrefix $prefix $key -}}
{{- fail (printf "%s: %s is set by the chart; use another key" $what $key) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- include "adaptcluster.strings" .map -}}
{{- end -}}

{{- define "adaptcluster.podLabels" -}}
{{- include "adaptcluster.added" (dict "what" .what "map" .map "own" (list "app.kubernetes.io/name" "app.kubernetes.io/instance" "app.kubernetes.io/component" "adaptcluster.io/" "kueue.x-k8s.io/queue-name")) -}}
{{- end -}}

{{- define "adaptcluster.podAnnotations" -}}
{{- include "adaptcluster.added" (dict "what" .what "map" .map "own" (list "checksum/")) -}}
{{- end -}}

{{- /* dict "what" "control.extraEnv" "extra" [] "env" TEXT : the chart's variables and the others, no name twice. */ -}}
{{- define "adaptcluster.allEnv" -}}
{{- $names := list -}}
{{- range regexFindAll "(?m)^- name: \\S+" .env -1 -}}
{{- $names = append $names (. | trimPrefix "- name: ") -}}
{{- end -}}
{{- $what := .what -}}
{{- range .extra -}}
{{- if has .name $names -}}
{{- fail (printf "%s: %s is set by the chart or twice; set the value that stands for it (README.md), or take it out" $what .name) -}}
{{- end -}}
{{- $names = append $names .name -}}
{{- end -}}
{{- .env | trim -}}
{{- with .extra }}{{ toYaml . | nindent 0 }}{{ end }}
{{- end -}}

{{- /* dict "given" [] "labels" TEXT "keys" (list ...) : how pods spread; what is given wins, and selects these pods where it does not say which. */ -}}
{{- define "adaptcluster.spread" -}}
{{- $labels := .labels -}}
{{- if .given }}
{{- range .given }}
{{- if .labelSelector }}
- {{ toYaml . | nindent 2 | trim }}
{{- else }}
- {{ toYaml . | nindent 2 | trim }}
  labelSelector:
    matchLabels: {{ $labels | nindent 6 }}
{{- end }}
{{- end }}
{{- else }}
{{- range .keys }}
- maxSkew: 1
  topologyKey: {{ . }}
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels: {{ $labels | nindent 6 }}
{{- end }}
{{- end }}
{{- end -}}

{{- /* Whole cores of a quantity, at least one. */ -}}
{{- define "adaptcluster.cores" -}}
{{- $text := toString . -}}
{{- if hasSuffix "m" $text -}}
{{- max 1 (div (int (trimSuffix "m" $text)) 1000) -}}
{{- else -}}
{{- max 1 (floor (float64 $text) | int) -}}
{{- end -}}
{{- end -}}

{{- /* A change of a Secret of this release starts the pods anew. */ -}}
{{- define "adaptcluster.checksum" -}}
checksum/secrets: {{ include (print .Template.BasePath "/secrets.yaml") . | sha256sum }}
{{- end -}}

{{- /* The series that the silos of this release show: by a ServiceMonitor the job is the name of the Service. */ -}}
{{- define "adaptcluster.matchers" -}}
{{- if .Values.monitoring.rules.matchers -}}
{{- .Values.monitoring.rules.matchers -}}
{{- else -}}
{{- printf "namespace=%q,job=\"%s-silos\"" .Release.Namespace (include "adaptcluster.fullname" .) -}}
{{- end -}}
{{- end -}}

{{- /* rules/alerts.yaml with what belongs to this release in it. */ -}}
{{- define "adaptcluster.rules" -}}
{{- $rules := .Files.Get "rules/alerts.yaml" -}}
{{- $rules = regexReplaceAllLiteral "\\bSILOS\\b" $rules (include "adaptcluster.matchers" .) -}}
{{- $rules = regexReplaceAllLiteral "\\bNAMESPACE\\b" $rules .Release.Namespace -}}
{{- $rules = regexReplaceAllLiteral "\\bNAME\\b" $rules (include "adaptcluster.fullname" .) -}}
{{- $rules = regexReplaceAllLiteral "\\bPOOLS\\b" $rules (keys .Values.pools | sortAlpha | join "|") -}}
{{- regexReplaceAll "(?m)^#.*\n" ($rules | replace "docs/operators/runbook.md" .Values.monitoring.rules.runbook) "" -}}
{{- end -}}

{{- /* What a pool's silos are told: dict "root" $ "pool" NAME "values" {} "gpu" true "workers" N. */ -}}
{{- define "adaptcluster.poolEnv" -}}
- name: ADAPTCLUSTER_ROLE
  value: gpu
- name: ADAPTCLUSTER_POOL
  value: {{ .pool | quote }}
- name: ADAPTCLUSTER_DEVICE
  value: {{ ternary "cuda" "cpu" .gpu }}
- name: ADAPTCLUSTER_THREADS
  value: {{ .values.threads | quote }}
- name: ADAPTCLUSTER_LANES
  value: {{ .values.lanes | quote }}
{{- if .workers }}
- name: ADAPTCLUSTER_WORKERS
  value: {{ .workers | quote }}
{{- end }}
{{- if .values.podDeletionCost }}
- name: POD_NAMESPACE
  valueFrom: { fieldRef: { fieldPath: metadata.namespace } }
- name: ADAPTCLUSTER_KUBERNETES__PODDELETIONCOST
  value: "true"
{{- end }}
{{ include "adaptcluster.env" .root }}
{{- end -}}

{{- /* What a control silo is told. */ -}}
{{- define "adaptcluster.controlEnv" -}}
- name: ADAPTCLUSTER_ROLE
  value: control
- name: ADAPTCLUSTER_POOL
  value: {{ include "adaptcluster.defaultPool" . | quote }}
- name: ADAPTCLUSTER_DEVICE
  value: cpu
{{ include "adaptcluster.env" . }}
{{- include "adaptcluster.pageEnv" . }}
{{- include "adaptcluster.limitsEnv" . }}
{{- end -}}

{{- /* What is kept, and who may take how much; nothing is said of what is empty. */ -}}
{{- define "adaptcluster.limitsEnv" -}}
{{- $values := dict
  "RETENTION__CHECKPOINTS" .Values.retention.checkpoints "RETENTION__SWEEPS" .Values.retention.sweeps "RETENTION__STOREMIB" .Values.retention.storeMiB
  "RETENTION__PREDICTIONS" .Values.retention.predictions "RETENTION__PREDICTIONSMIB" .Values.retention.predictionsMiB
  "QUOTA__JOBS" .Values.quota.jobs "QUOTA__LEASES" .Values.quota.leases "QUOTA__PRIORITY" .Values.quota.priority
  "QUEUE__FAIRSHARE" .Values.queue.fairShare "TELEMETRY__SWEEPSERIES" .Values.telemetry.sweepSeries -}}
{{- range $group, $limits := .Values.quota.groups -}}
{{- $start := printf "QUOTA__GROUPS__%s__" (upper $group) -}}
{{- $_ := set $values (printf "%sMEMBERS" $start) (join "," $limits.members) -}}
{{- range $limit := list "jobs" "leases" "priority" -}}
{{- $_ := set $values (printf "%s%s" $start (upper $limit)) (get $limits $limit) -}}
{{- end -}}
{{- end -}}
{{- range $name, $value := $values }}
{{- if ne (toString $value) "" }}
- name: ADAPTCLUSTER_{{ $name }}
  {{- /* A large number is a float to helm, and would be written as 1e+06. */}}
  value: {{ ternary (int64 $value) $value (kindIs "float64" $value) | toString | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{- /* As a hook it comes before the release's ServiceAccount, and needs none. */ -}}
{{- define "adaptcluster.migrationPod" -}}
{{- $account := ternary "default" "" (ne .Values.store.existingSecret "") -}}
restartPolicy: Never
{{ include "adaptcluster.podCommon" (dict "root" . "account" $account) }}
{{- include "adaptcluster.placement" .Values.migration }}
{{- with .Values.migration.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
containers:
  - name: migrate
    image: {{ include "adaptcluster.image" (dict "root" . "gpus" 0) | quote }}
    imagePullPolicy: {{ .Values.image.pullPolicy }}
    args: [ db, migrate ]
    {{- include "adaptcluster.containerSecurity" . | nindent 4 }}
    env: {{ include "adaptcluster.storeEnv" . | trim | nindent 6 }}
      - name: ADAPTCLUSTER_CLUSTER__ID
        value: {{ default .Release.Name .Values.cluster.id | quote }}
      - name: HOME
        value: /tmp
    resources: {{ toYaml .Values.migration.resources | nindent 6 }}
    volumeMounts: {{ include "adaptcluster.commonMounts" . | nindent 6 }}
volumes: {{ include "adaptcluster.commonVolumes" . | nindent 2 }}
{{- end -}}

{{- /* Of pools with podDeletionCost alone: what it may do no other silo may. */ -}}
{{- define "adaptcluster.deletionCostAccount" -}}
{{- $name := printf "%s-deletion-cost" (include "adaptcluster.fullname" .) -}}
{{- if eq $name (include "adaptcluster.serviceAccount" .) -}}
{{- fail (printf "serviceAccount.name: '%s' is the account of pools with podDeletionCost, which may patch pods; write another name" $name) -}}
{{- end -}}
{{- $name -}}
{{- end -}}
