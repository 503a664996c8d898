{{- define "adaptcluster.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "adaptcluster.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "adaptcluster.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "adaptcluster.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "adaptcluster.selector" -}}
app.kubernetes.io/name: {{ include "adaptcluster.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
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

{{- /* dict "root" $ "gpus" N */ -}}
{{- define "adaptcluster.image" -}}
{{- $image := .root.Values.image -}}
{{- if and $image.cuda (gt (int .gpus) 0) -}}
{{- $image.cuda -}}
{{- else if or $image.digest $image.cudaDigest -}}
{{- $key := ternary "cudaDigest" "digest" (gt (int .gpus) 0) -}}
{{- printf "%s@%s" $image.repository (required (printf "image.%s: missing; silos with GPUs and those without have an image each, so write both digests" $key) (get $image $key)) -}}
{{- else -}}
{{- printf "%s:%s%s" $image.repository (default .root.Chart.AppVersion $image.tag) (ternary $image.cudaSuffix "" (gt (int .gpus) 0)) -}}
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

{{- define "adaptcluster.storeEnv" -}}
- name: ADAPTCLUSTER_STORE__CONNECTIONSTRING
  valueFrom: { secretKeyRef: { name: {{ include "adaptcluster.storeSecret" . }}, key: {{ .Values.store.key }} } }
{{- end -}}

{{- /* What every silo is told. */ -}}
{{- define "adaptcluster.env" -}}
- name: POD_NAME
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
- name: POD_IP
  valueFrom: { fieldRef: { fieldPath: status.podIP } }
{{ include "adaptcluster.storeEnv" . }}
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
  value: 0.0.0.0
- name: ADAPTCLUSTER_HTTP__PORT
  value: {{ .Values.http.port | quote }}
- name: ADAPTCLUSTER_HTTP__HEALTHPORT
  value: {{ include "adaptcluster.healthPort" . | quote }}
- name: ADAPTCLUSTER_HTTP__TOKEN
  valueFrom: { secretKeyRef: { name: {{ include "adaptcluster.httpSecret" . }}, key: {{ .Values.http.key }} } }
- name: ADAPTCLUSTER_HTTP__OPENMETRICS
  value: {{ .Values.http.openMetrics | quote }}
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
  persistentVolumeClaim: { claimName: {{ .Values.data.existingClaim }}, readOnly: true }
{{- else }}
  emptyDir: {}
{{- end }}
{{- if .Values.models.existingClaim }}
- name: models
  persistentVolumeClaim: { claimName: {{ .Values.models.existingClaim }}, readOnly: true }
{{- end }}
{{- if .Values.tls.enabled }}
- name: tls
  secret: { secretName: {{ required "tls.existingSecret: missing; name a Secret with tls.crt, tls.key and ca.crt" .Values.tls.existingSecret }}, defaultMode: 0440 }
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

{{- /* What all pods have. */ -}}
{{- define "adaptcluster.podCommon" -}}
serviceAccountName: {{ include "adaptcluster.serviceAccount" . }}
# Silos find each other in the database and ask Kubernetes nothing.
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
securityContext: {{ toYaml .Values.podSecurityContext | nindent 2 }}
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
{{- regexReplaceAll "(?m)^#.*\n" ($rules | replace "docs/runbook.md" .Values.monitoring.rules.runbook) "" -}}
{{- end -}}
