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
{{- $own := list "app" "app.kubernetes.io/part-of" "app.kubernetes.io/instance" }}
{{- $names := list }}
{{- range $i, $label := splitList "," .Values.engines.selector }}
{{- $name := index (splitList "=" $label) 0 }}
{{- if has $name $names }}{{ fail (printf "engines.selector: names the label %s twice" $name) }}{{ end }}
{{- if and $.Values.engines.create (has $name $own) }}{{ fail (printf "engines.selector: the chart's own engines (engines.create) have another label %s" $name) }}{{ end }}
{{- $names = append $names $name }}
{{- if $i }}
{{ end }}
{{- $name }}: {{ index (splitList "=" $label) 1 | quote }}
{{- end }}
{{- end }}
