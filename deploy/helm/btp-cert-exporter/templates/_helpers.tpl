{{- define "exporter.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{- define "exporter.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else if contains (include "exporter.name" .) .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "exporter.name" .) | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "exporter.selector" -}}
app.kubernetes.io/name: {{ include "exporter.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "exporter.labels" -}}
{{ include "exporter.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- if eq .Release.Service "Helm" }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "exporter.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "exporter.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- define "exporter.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- define "exporter.hasConfig" -}}
{{- if or .Values.config .Values.existingConfigMap.name }}yes{{ end -}}
{{- end -}}

{{- define "exporter.hasSecretFiles" -}}
{{- if or .Values.secretFiles.values .Values.secretFiles.existingSecret }}yes{{ end -}}
{{- end -}}

{{- define "exporter.hasWebConfig" -}}
{{- if or .Values.web.config .Values.web.existingSecret }}yes{{ end -}}
{{- end -}}

{{- define "exporter.configName" -}}
{{- .Values.existingConfigMap.name | default (include "exporter.fullname" .) -}}
{{- end -}}

{{- define "exporter.configKey" -}}
{{- if .Values.existingConfigMap.name }}{{ .Values.existingConfigMap.key }}{{ else }}exporter.yml{{ end -}}
{{- end -}}

{{- define "exporter.secretFilesName" -}}
{{- .Values.secretFiles.existingSecret | default (printf "%s-files" (include "exporter.fullname" .)) -}}
{{- end -}}

{{- define "exporter.webSecretName" -}}
{{- .Values.web.existingSecret | default (printf "%s-web" (include "exporter.fullname" .)) -}}
{{- end -}}

{{- define "exporter.bindingRoot" -}}
{{- if eq .Values.bindingLayout "servicebinding.io" }}/bindings{{ else }}/etc/secrets/sapbtp/destination{{ end -}}
{{- end -}}

{{- define "exporter.bindingSecret" -}}
{{- .binding.secretName | default (printf "%s-binding-%s" (include "exporter.fullname" .root) .binding.name | trunc 253) -}}
{{- end -}}
