#!/bin/sh
# From what Argo CD says in the environment to one call of kafkalint. An Application's author chooses these values, so they
# reach the command as whole words only: nothing here is evaluated, and no value can become an option.
set -eu

refuse() {
    printf 'kafkalint: %s\n' "$1" >&2
    exit 2
}

# The root of the repository's copy: the Application's path, which may be `./charts/kafka/`, lies that far below it.
here=$(pwd -P)
path=$(realpath -ms --relative-to=/ -- "/${ARGOCD_APP_SOURCE_PATH:-.}")
root=${here%"/$path"}

# A parameter of another name or kind would be passed over, and its chart deployed with defaults.
count=0
for name in $(awk 'BEGIN { for (name in ENVIRON) if (name ~ /^PARAM_/) print name }'); do
    case $name in
    PARAM_RELEASE_NAME) ;;
    PARAM_VALUES_FILES_[0-9] | PARAM_VALUES_FILES_[0-9][0-9]) count=$((count + 1)) ;;
    *) refuse "parameters are values-files, an array of up to 100, and release-name, a string; this one is neither: $name" ;;
    esac
done

set -- --render helm "--release=${PARAM_RELEASE_NAME:-$ARGOCD_APP_NAME}"
[ -z "${ARGOCD_APP_NAMESPACE:-}" ] || set -- "$@" "--namespace=$ARGOCD_APP_NAMESPACE"
[ -z "${KUBE_VERSION:-}" ] || set -- "$@" "--kubernetes-version=$KUBE_VERSION"

index=0
while [ "$index" -lt "$count" ]; do
    file=$(printenv "PARAM_VALUES_FILES_$index") || refuse "values-files: number $index is missing"
    # Argo CD lets its own Helm read no values from outside of the repository either.
    found=$(realpath -m -- "$file" 2>/dev/null) || refuse "values-files: number $index is empty"
    case $found in
    # Helm takes a comma, a quote and a line's end for the end of a name, and reads what follows wherever that lies.
    *,* | *\"* | *[[:cntrl:]]*) refuse "values-files: number $index has a comma, a quote or a control character" ;;
    "$root"/*) ;;
    *) refuse "values-files: $file is not in the repository" ;;
    esac
    case $file in
    *://*) refuse "values-files: $file is not in the repository" ;;
    esac
    [ -f "$found" ] || refuse "values-files: $file is no file"
    set -- "$@" "--values=$found"
    index=$((index + 1))
done

# Charts ask for these by .Capabilities.APIVersions.
set -- "$@" . --
set -f
IFS=,
for version in ${KUBE_API_VERSIONS:-}; do
    set -- "$@" "--api-versions=$version"
done
exec kafkalint gate "$@"
