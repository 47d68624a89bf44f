namespace Llumnix.Protocol.Tests.Protos;

/// <summary>Messages as Google's Python runtime serializes them: name, fields under their proto names as JSON, bytes as base64.</summary>
internal static class GoldenMessages
{
    public static readonly (string Message, string Fields, string Base64)[] All =
    [
        (
            "InstanceMetadata",
            """
            {
            "instance_id": "instance_id-137", "instance_type": "instance_type-582", "backend_type": "backend_type-867",
            "ip": "ip-821", "ip_kvs": "ip_kvs-782", "api_server_port": 128, "llumlet_port": 123647, "kvt_port": 797927,
            "node_id": "node_id-483", "data_parallel_size": -2147483648, "tensor_parallel_size": 127,
            "unit_id": "unit_id-96", "dp_rank": 0, "ep_rank": -2147483648, "dp_local_rank": 0,
            "utc_create": 695832.8667684435, "utc_update": 266330.56045725953, "ip_kvt": "ip_kvt-821", "block_size": 1,
            "max_num_batched_tokens": 2147483647
            }
            """,
            "Cg9pbnN0YW5jZV9pZC0xMzcSEWluc3RhbmNlX3R5cGUtNTgyGhBiYWNrZW5kX3R5cGUtODY3IgZpcC04MjEqCmlwX2t2cy03ODIwgAE4/8UHQO" +
            "fZMEoLbm9kZV9pZC00ODNQgICAgPj/////AVh/Ygp1bml0X2lkLTk2cICAgID4/////wGBAcwSybsxPCVBiQECgug9akEQQZIBCmlwX2t2dC04" +
            "MjGYAQGgAf////8H"),
        (
            "InstanceMetadata",
            """
            {
            "backend_type": "backend_type-961", "ip": "ip-702", "utc_update": 556454.3226524334, "ip_kvt": "ip_kvt-190",
            "block_size": 128
            }
            """,
            "GhBiYWNrZW5kX3R5cGUtOTYxIgZpcC03MDKJASOzMqVM+yBBkgEKaXBfa3Z0LTE5MJgBgAE="),
        (
            "InstanceStatus",
            """
            {
            "instance_id": "instance_id-662", "schedulable": true, "timestamp_ms": 0, "step_id": 127, "update_id": 0,
            "recent_waiting_requests": ["cmpl-eb8ac8ce8a245e6b-0"],
            "waiting_requests": ["cmpl-678a5aa33b6fe507-0", "cmpl-5804f92283868a29-0", "cmpl-d8f33418f3d4e711-0"],
            "hybrid_scheduler_waiting_to_decode_requests_num": 2147483647,
            "scheduler_waiting_to_decode_requests_num": 128, "num_waiting_requests": 0,
            "scheduler_running_to_decode_requests_num": -1, "num_running_requests": 127, "num_loading_requests": 0,
            "num_total_gpu_tokens": 2147483647, "num_used_gpu_tokens": 127,
            "num_uncomputed_tokens_hybrid_scheduler_waiting_prefills": -2147483648,
            "num_unallocated_tokens_hybrid_scheduler_waiting_decodes": 2147483647,
            "hybrid_scheduler_waiting_to_decode_tokens_num": 2147483647,
            "num_uncomputed_tokens_scheduler_waiting_prefills": 2147483647, "scheduler_waiting_to_decode_tokens_num": 0,
            "num_uncomputed_tokens_scheduler_running_prefills": 127,
            "num_unallocated_tokens_scheduler_running_prefills": -1, "scheduler_running_to_decode_tokens_num": -1,
            "num_tokens_loading_requests": 1, "num_uncomputed_tokens_all_waiting_prefills": 128,
            "num_migrate_in_reqs": 1, "num_migrate_out_reqs": 0, "num_available_migrate_in_slots": 0,
            "num_available_migrate_out_slots": 128, "num_migrate_in_tokens": 128, "num_migrate_out_tokens": -1,
            "num_available_migrate_in_tokens": 128, "num_available_migrate_out_tokens": -1,
            "kv_cache_usage_ratio_migrate_in": 159625.5246938475, "kv_cache_usage_ratio_migrate_out": 527380.3990480128,
            "available_kv_cache_usage_ratio_migrate_in": 168144.94622242826,
            "available_kv_cache_usage_ratio_migrate_out": 272914.4368186801, "profiling_id": 128,
            "step_duration": 454701.63004566386, "num_scheduled_prefill_tokens": 337644
            }
            """,
            "Cg9pbnN0YW5jZV9pZC02NjIQASB/MhdjbXBsLWViOGFjOGNlOGEyNDVlNmItMDoXY21wbC02NzhhNWFhMzNiNmZlNTA3LTA6F2NtcGwtNTgwNG" +
            "Y5MjI4Mzg2OGEyOS0wOhdjbXBsLWQ4ZjMzNDE4ZjNkNGU3MTEtMED/////B0iAAVj///////////8BYH9w/////wd4f4ABgICAgPj/////AYgB" +
            "/////weQAf////8HmAH/////B6gBf7AB////////////AbgB////////////AcABAcgBgAHQAQHoAYAB8AGAAfgB////////////AYACgAGIAv" +
            "///////////wGRAhuwkjJMfANBmQJpBVDMKBggQaECgRDdkYeGBEGpAmVlTb9JqBBBsAKAAbkCxbAqhbbAG0HAAuzNFA=="),
        (
            "PodDiscoveryInfo",
            """
            {
            "pod_name": "neutral-0", "timestamp_ms": 1763888000000,
            "instances": [
            {"instance_type": "instance_type-10", "entrypoint_ip": "entrypoint_ip-805", "entrypoint_port": 128,
            "kv_transfer_ip": "kv_transfer_ip-743",
            "kv_transfer_port": 2147483647, "dp_rank": -2147483648, "dp_size": -2147483648, "model": "model-64", "version": 1763888067310},
            {"instance_type": "instance_type-993", "entrypoint_ip": "entrypoint_ip-615", "entrypoint_port": 1016906,
            "kv_transfer_ip": "kv_transfer_ip-114",
            "kv_transfer_port": 127, "dp_rank": 823275, "dp_size": 2147483647, "model": "model-265", "version": -1}]
            }
            """,
            "CgluZXV0cmFsLTAYgNir/6ozImkKEGluc3RhbmNlX3R5cGUtMTASEWVudHJ5cG9pbnRfaXAtODA1GIABIhJrdl90cmFuc2Zlcl9pcC03NDMo//" +
            "///wcwgICAgPj/////ATiAgICA+P////8BQghtb2RlbC02NEju5a//qjMiYAoRaW5zdGFuY2VfdHlwZS05OTMSEWVudHJ5cG9pbnRfaXAtNjE1" +
            "GMqIPiISa3ZfdHJhbnNmZXJfaXAtMTE0KH8w658yOP////8HQgltb2RlbC0yNjVI////////////AQ=="),
        (
            "PodDiscoveryInfo",
            """
            {
            "pod_name": "neutral-1", "timestamp_ms": 1763888000001,
            "instances": [
            {"instance_type": "instance_type-212", "entrypoint_ip": "entrypoint_ip-314", "entrypoint_port": 127,
            "kv_transfer_ip": "kv_transfer_ip-369",
            "kv_transfer_port": 128, "dp_rank": 93759, "dp_size": 2147483647, "model": "model-963", "version": 1763888238473},
            {"instance_type": "instance_type-989", "entrypoint_ip": "entrypoint_ip-314", "entrypoint_port": 2147483647,
            "kv_transfer_ip": "kv_transfer_ip-191",
            "kv_transfer_port": 128, "dp_rank": 2147483647, "dp_size": 1, "model": "model-250", "version": 0}]
            }
            """,
            "CgluZXV0cmFsLTEYgdir/6ozIlsKEWluc3RhbmNlX3R5cGUtMjEyEhFlbnRyeXBvaW50X2lwLTMxNBh/IhJrdl90cmFuc2Zlcl9pcC0zNjkogA" +
            "Ewv9wFOP////8HQgltb2RlbC05NjNIiZ+6/6ozIlYKEWluc3RhbmNlX3R5cGUtOTg5EhFlbnRyeXBvaW50X2lwLTMxNBj/////ByISa3ZfdHJh" +
            "bnNmZXJfaXAtMTkxKIABMP////8HOAFCCW1vZGVsLTI1MA=="),
        (
            "MigrateRequest",
            """
            {"src_engine_id": "a", "dst_engine_id": "b", "dst_engine_ip": "1.2.3.4", "dst_engine_port": 300,
            "migration_type": "NUM_REQ", "migration_req_policy": "LCR", "num_reqs": -1, "trigger_policy": "p"}
            """,
            "CgFhEgFiGgcxLjIuMy40IKwCKgdOVU1fUkVRMgNMQ1I4////////////AVIBcA=="),
        ("MigrateRequest", """{"kv_cache_usage_ratio": 0.5}""", "TQAAAD8="),
        ("MigrateRequest", """{"num_tokens": 0}""", "QAA="),
        ("MigrateResponse", """{"success": true, "message": "ok"}""", "CAESAm9r"),
        ("AbortRequests", """{"request_ids": ["a", "bc"]}""", "CgFhCgJiYw=="),
        ("AbortResponse", """{"success": true, "message": "ok"}""", "CAESAm9r"),
    ];
}
