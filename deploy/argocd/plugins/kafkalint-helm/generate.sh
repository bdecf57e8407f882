#!/bin/sh
# From what Argo CD says in the environment to one call of kafkalint. An Application's author chooses these values, so they
# reach the command as whole words only: nothing here is evaluated, and no value can become an option.
set -eu

# The root of the repository's copy: the Application's path lies that far below it.
here=$(pwd -P)
root=${here%"/${ARGOCD_APP_SOURCE_PATH:-.}"}

set -- --render helm "--release=${PARAM_RELEASE_NAME:-$ARGOCD_APP_NAME}"
[ -z "${ARGOCD_APP_NAMESPACE:-}" ] || set -- "$@" "--namespace=$ARGOCD_APP_NAMESPACE"
[ -z "${KUBE_VERSION:-}" ] || set -- "$@" "--kubernetes-version=$KUBE_VERSION"

index=0
while file=$(printenv "PARAM_VALUES_FILES_$index"); do
    # Argo CD lets its own Helm read no values from outside of the repository either.
    case $(realpath -m -- "$file") in
    "$root"/*) set -- "$@" "--values=$file" ;;
    *) echo "values-files: $file is not in the repository" >&2 && exit 2 ;;
    esac
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
