using System.Text.Json;
using Llumnix.Protocol.Http;

namespace Llumnix.Protocol.Tests.Http;

public sealed class HttpJsonContextTests
{
    private static readonly ScheduleRequestBody Answer = new()
    {
        Id = "r1",
        Model = "m",
        GatewayId = "10.0.0.5:41234",
        SchedulingMode = "pd_staged",
        SchedulingStage = "prefill",
        PromptNumTokens = 3,
        SchedulingResult =
        [
            new Instance
            {
                Version = 7,
                Id = "10.0.0.7_instance1_2",
                Model = "m",
                InferType = "prefill",
                Endpoint = new Endpoint("10.0.0.7", 8000),
                AuxIp = "10.1.0.7",
                AuxPort = 9000,
                DpRank = 1,
                DpSize = 2,
            },
        ],
    };

    private const string AnswerJson =
        """
        {"id":"r1","model":"m","gateway_id":"10.0.0.5:41234","scheduling_mode":"pd_staged","scheduling_stage":"prefill",
        "prompt_num_tokens":3,"prompt_token_ids":null,"scheduling_result":[{"version":7,"id":"10.0.0.7_instance1_2","model":"m",
        "infer_type":"prefill","endpoint":{"host":"10.0.0.7","port":8000},"aux_ip":"10.1.0.7","aux_port":9000,"dp_rank":1,"dp_size":2}]}
        """;

    [Fact]
    public void Serialize_SchedulingRequest_HasTheWireNames() =>
        Assert.Equal(Line(AnswerJson), JsonSerializer.Serialize(Answer, HttpJsonContext.Default.ScheduleRequestBody));

    [Fact]
    public void Deserialize_SchedulingRequest_GivesEveryField()
    {
        ScheduleRequestBody read = JsonSerializer.Deserialize(AnswerJson, HttpJsonContext.Default.ScheduleRequestBody)!;

        Assert.Equal(Answer.SchedulingResult, read.SchedulingResult);
        Assert.Equal(Answer with { SchedulingResult = null }, read with { SchedulingResult = null });
    }

    [Fact]
    public void Deserialize_AbsentAndUnknownFields_GivesZeroValues() =>
        Assert.Equal(
            new ScheduleRequestBody { Id = "r1" },
            JsonSerializer.Deserialize("""{"id":"r1","later":{"x":[1]}}""", HttpJsonContext.Default.ScheduleRequestBody));

    [Fact]
    public void Serialize_TokenIds_KeepsLargeOnes() =>
        Assert.Contains(
            "\"prompt_token_ids\":[0,4294967295]",
            JsonSerializer.Serialize(
                new ScheduleRequestBody { PromptTokenIds = [0, uint.MaxValue] }, HttpJsonContext.Default.ScheduleRequestBody),
            StringComparison.Ordinal);

    [Fact]
    public void RequestReports_WrittenAndReadAgain_AreTheSame()
    {
        IReadOnlyList<RequestReport> reports =
        [
            new()
            {
                Kind = "prefill_done",
                Id = "r1",
                Model = "m",
                InferType = "decode",
                InstanceId = "pod_dp0",
                GatewayId = "g:1",
                NumTokens = ulong.MaxValue,
            },
        ];

        string json = JsonSerializer.Serialize(reports, HttpJsonContext.Default.RequestReports);

        Assert.Equal(
            Line("""
                [{"kind":"prefill_done","id":"r1","model":"m","infer_type":"decode",
                "instance_id":"pod_dp0","gateway_id":"g:1","num_tokens":18446744073709551615}]
                """),
            json);
        Assert.Equal(reports, JsonSerializer.Deserialize(json, HttpJsonContext.Default.RequestReports));
    }

    [Fact]
    public void Deserialize_RequestReportWithAbsentFields_GivesZeroValues() =>
        Assert.Equal([new RequestReport()], JsonSerializer.Deserialize("[{}]", HttpJsonContext.Default.RequestReports)!);

    private static string Line(string json) => json.ReplaceLineEndings("");
}
