{{- /* What all names begin with. */}}
{{- define "llumnix.name" -}}
{{ .Values.namePrefix }}
{{- end }}

{{- define "llumnix.podLabels" -}}
app.kubernetes.io/part-of: llumnix
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "llumnix.labels" -}}
{{ include "llumnix.podLabels" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "llumnix.image" -}}
{{ .repository }}:{{ .tag }}
{{- end }}

{{- /* The selector of engines as labels. */}}
{{- define "llumnix.engineLabels" -}}
{{- range $i, $label := splitList "," .Values.engines.selector }}
{{- if $i }}
{{ end }}
{{- index (splitList "=" $label) 0 }}: {{ index (splitList "=" $label) 1 | quote }}
{{- end }}
{{- end }}
