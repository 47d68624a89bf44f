using System.Text;
using CsCheck;
using Llumnix.Adapters.EngineSignals;

namespace Llumnix.Adapters.Tests.EngineSignals;

public sealed class SglangLoadsTests
{
    [Fact]
    public void TryRead_Loads_EachRank()
    {
        List<RankSignals> signals = Read("""
            {"timestamp":"2026-11-26T00:00:00+00:00","version":"x","num_accelerators":1,"loads":[
            {"dp_rank":0,"num_running_reqs":3,"num_waiting_reqs":0,"num_used_tokens":50,"max_total_num_tokens":100,"token_usage":0.5,"queues":{"waiting":1}},
            {"dp_rank":1,"num_running_reqs":7,"num_waiting_reqs":null,"num_used_tokens":-1}]}
            """);
        Assert.Equal(
            [
                new RankSignals { Rank = 0, Running = 3, Waiting = 0, UsedKvTokens = 50, TotalKvTokens = 100, KvUsage = 0.5 },
                new RankSignals { Rank = 1, Running = 7 },
            ],
            signals);
    }

    [Fact]
    public void TryRead_OldShape_RunningIsAllWithoutWaiting() => Assert.Equal(
        [new RankSignals { Rank = 0, Running = 3, Waiting = 2 }, new RankSignals { Rank = 1, Waiting = 1 }],
        Read("""[{"dp_rank":0,"num_reqs":5,"num_waiting_reqs":2,"num_tokens":900,"ts_tic":1.5},{"dp_rank":1,"num_waiting_reqs":1}]"""));

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("""{"loads":{}}""")]
    [InlineData("""{"aggregate":{"total_tokens":5}}""")]
    [InlineData("""[{"dp_rank":0},{"dp_rank":0}]""")]
    [InlineData("""[{"dp_rank":0}] x""")]
    [InlineData("""[{"dp_rank":0""")]
    public void TryRead_AnythingElse_IsRefused(string json) => Assert.Empty(Read(json));

    [Fact]
    public void TryRead_AnyBytes_NeverThrows() =>
        Gen.OneOf(
            Gen.Byte.Array[0, 200].Select(Encoding.Latin1.GetString),
            Gen.OneOf("{", "}", "[", "]", "\"loads\":", "\"dp_rank\":", "\"num_reqs\":", "1", "-1", "1e400", "null", ",", "\"x\"").Array[0, 30].Select(string.Concat))
            .Sample(text => Assert.All(Read(text), rank => Assert.True(rank.Running is null or >= 0)));

    private static List<RankSignals> Read(string json)
    {
        var signals = new List<RankSignals>();
        Assert.Equal(SglangLoads.TryRead(Encoding.UTF8.GetBytes(json), signals), signals.Count > 0);
        return signals;
    }
}
