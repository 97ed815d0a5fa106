"""How schemathesis is set up for the comparison: the contract as its best user would hand it over, and its settings.

What the contract says in prose, and what a user knows of the server (its project, its cluster, a registered kind), is
said in the schemas of the requests, where schemathesis can use it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from workloads_specs import load_contract
from workloads_strategies import PRIORITIES, encode_manifest, smallest_manifest

KIND = "Job"
LABEL = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"
LONGEST_PREFIX = 50
ITEM = "/api/v2/workloads/{WorkloadV2Id}"
REFUSED = ["400", "404", "405", "413", "415"]
"""What may answer a request that breaks the schema: the default has 401, 403, 409 and 5xx too."""
TAKEN = ["2xx", "404"]
"""What may answer one that keeps it; 404 where the id is not there. The default has 401, 403, 409 and 5xx too."""


def document(project_id: str, cluster_id: str) -> dict[str, Any]:
    """Returns the contract and its errata, with prose and ids in the request schemas, with links, without dryRun."""
    result: dict[str, Any] = json.loads(json.dumps(load_contract().document))
    schemas = result["components"]["schemas"]
    create, update = schemas["WorkloadV2CreateRequest"], schemas["WorkloadV2UpdateRequest"]
    metadata = schemas["WorkloadV2MetadataCreateParams"]
    manifest = smallest_manifest(KIND)
    group, kind = manifest["apiVersion"], manifest["kind"]

    # 'Mutually exclusive', and one of the two for a create.
    create["oneOf"] = [{"required": ["manifest"]}, {"required": ["manifestBase64Encoded"]}]
    update["not"] = {"required": ["manifest", "manifestBase64Encoded"]}
    schemas["SentManifest"] = {
        "type": "object",
        "required": ["apiVersion", "kind"],
        "properties": {
            "apiVersion": {"type": "string", "enum": [group]},
            "kind": {"type": "string", "enum": [kind]},
            "metadata": {"type": "object"},
        },
    }
    # `format: byte` would be filled with bytes that are no manifest.
    schemas["ManifestEncoded"]["enum"] = [encode_manifest(manifest)]
    priority = {"type": "string", "nullable": True, "enum": [*PRIORITIES, None]}
    metadata["required"] = ["name", "projectId"]
    metadata["properties"] |= {
        "name": {"type": "string", "minLength": 1, "maxLength": 63, "pattern": LABEL},
        "projectId": {"type": "string", "enum": [project_id]},
        "clusterId": {"type": "string", "format": "uuid", "enum": [cluster_id]},
        "priority": priority,
        # The project has no nodes for the mode Required.
        "configuration": {"type": "object", "properties": {"mnnvl": {"enum": ["None", None], "nullable": True}}},
    }
    # A prefix needs room for what is put behind it.
    metadata["anyOf"] = [
        {"properties": {"useGivenNameAsPrefix": {"enum": [False]}}},
        {"properties": {"name": {"maxLength": LONGEST_PREFIX}}},
    ]
    schemas["WorkloadV2MetadataUpdateParams"]["properties"]["priority"] = priority
    for body in (create, update):
        body["properties"]["manifest"] = {"$ref": "#/components/schemas/SentManifest"}
    create["example"] = {"metadata": {"name": "example", "projectId": project_id}, "manifest": manifest}
    update["example"] = {"metadata": {"priority": "high"}, "manifest": manifest}

    post = result["paths"]["/api/v2/workloads"]["post"]
    post["parameters"] = []
    item = result["paths"][ITEM]
    post["responses"]["202"]["links"] = _links(item, "$response.body#/metadata/id")
    for method in ("put", "delete"):
        item[method]["responses"]["202"]["links"] = _links(item, "$request.path.WorkloadV2Id")
    return result


def settings(hooks: Path) -> str:
    """Returns the configuration file; the token comes from the environment, as TOKEN.

    All checks are on. Random Authorization values are off: they would only ask the same 401 again and again.
    """
    return f"""
hooks = {json.dumps(str(hooks))}

[auth.openapi.bearerAuth]
bearer = "${{TOKEN}}"

[generation]
with-security-parameters = false

[checks.negative_data_rejection]
expected-statuses = {json.dumps(REFUSED)}

[checks.positive_data_acceptance]
expected-statuses = {json.dumps(TAKEN)}
"""


def _links(item: dict[str, Any], identifier: str) -> dict[str, Any]:
    return {
        operation["operationId"]: {
            "operationId": operation["operationId"],
            "parameters": {"WorkloadV2Id": identifier},
        }
        for operation in (item["get"], item["put"], item["delete"])
    }
