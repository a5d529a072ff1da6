{{- /* At most 46 bytes, because names of pods, Services and revisions add to it. */ -}}
{{- define "cordwood.name" -}}
{{- $name := ternary .Release.Name (printf "%s-cordwood" .Release.Name) (contains "cordwood" .Release.Name) -}}
{{- .Values.fullnameOverride | default $name | trunc 46 | trimSuffix "-" -}}
{{- end -}}

{{- define "cordwood.selector" -}}
app.kubernetes.io/name: cordwood
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{- define "cordwood.labels" -}}
{{ include "cordwood.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- /* The files of /etc/cordwood. What .Values.config says wins over what other values imply. */ -}}
{{- define "cordwood.files" -}}
{{- $config := deepCopy (.Values.config | default dict) -}}
{{- if .Values.tls.secret -}}
{{- $directory := "/etc/cordwood-tls" -}}
{{- $config = merge $config (dict "tls" (dict "listen" "0.0.0.0:8443"
      "certificates" (printf "%s/tls.crt" $directory) "keys" (printf "%s/tls.key" $directory))) -}}
{{- end -}}
{{- if .Values.tokens -}}
{{- $config = merge $config (dict "auth" (dict "tokens_file" "/etc/cordwood/tokens")) -}}
{{- end -}}
cordwood.yaml: |
  {{- toYaml $config | nindent 2 }}
{{- with .Values.tokens }}
tokens: |
  {{- . | nindent 2 }}
{{- end }}
{{- end -}}

{{- /* The name ends in a hash of the content, so a change rolls out. */ -}}
{{- define "cordwood.configMap" -}}
{{ include "cordwood.name" . }}-{{ include "cordwood.files" . | sha256sum | trunc 10 }}
{{- end -}}

{{- define "cordwood.port" -}}
{{ ternary "https" "http" (not (empty .Values.tls.secret)) }}
{{- end -}}
