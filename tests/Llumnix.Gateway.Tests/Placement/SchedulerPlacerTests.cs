using System.Globalization;
using System.Text.Json;
using Llumnix.Gateway.Health;
using Llumnix.Gateway.Placement;
using Llumnix.Gateway.Placement.Schedulers;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Requests;
using Llumnix.Testing.Logging;
using Llumnix.Testing.Polling;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Gateway.Tests.Placement;

/// <summary>Which scheduler is asked, what its answers mean, and that each placement is released once.</summary>
public sealed class SchedulerPlacerTests : IAsyncDisposable
{
    private static readonly PlacementQuery Query = new("r1", "m", 5);
    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedSchedulers _wire = new();
    private readonly EngineDirectory _engines = new();
    private readonly HttpMessageInvoker _http;
    private readonly SchedulerPlacer _placer;

    public SchedulerPlacerTests()
    {
        _http = new HttpMessageInvoker(_wire);
        _placer = new SchedulerPlacer(
            new SchedulerPlacerOptions
            {
                Schedulers = [new(new Uri("http://s1:1")) { ServiceToken = "secret" }, new(new Uri("http://s2:1"))],
                ReleaseDrain = TimeSpan.Zero,
            },
            _engines,
            new Random(1),
            _time,
            NullLoggerFactory.Instance,
            _http);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _placer.DisposeAsync();
        _http.Dispose();
        _wire.Dispose();
    }

    [Fact]
    public async Task Place_FirstSchedulerAnswers_TheLeaseIsReleasedThereOnce()
    {
        PlacementAnswer answer = await _placer.PlaceAsync(Query with { Excluded = ["x", "y"], IsRetry = true }, Cancellation);
        PlacementLease lease = answer.Lease!;
        Assert.Equal("secret", _wire.Authorization);
        Assert.Equal(("10.0.0.1:8000", "10.0.0.1", 8000, 1), (lease.Target.Id, lease.Target.Host, lease.Target.Port, lease.Target.DataParallelRank));
        JsonElement asked = Assert.Single(_wire.BodiesOf("/schedule"));
        Assert.True(asked.GetProperty("retry").GetBoolean());
        Assert.Equal("""["x","y"]""", asked.GetProperty("excluded_instances").GetRawText());
        Assert.Equal((5, JsonValueKind.Null), (asked.GetProperty("prompt_num_tokens").GetInt32(), asked.GetProperty("prompt_token_ids").ValueKind));
        await lease.DisposeAsync();
        await lease.DisposeAsync();
        await UntilNothingIsHeldAsync();
        JsonElement released = Assert.Single(_wire.BodiesOf("/release"));
        JsonElement instance = Assert.Single(released.GetProperty("scheduling_result").EnumerateArray());
        Assert.Equal(("r1", "e1", 7), (released.GetProperty("id").GetString(), instance.GetProperty("id").GetString(), instance.GetProperty("version").GetInt32()));
        Assert.All(_wire.Messages, static message => Assert.Equal("s1", message.Host));
    }

    [Fact]
    public async Task Place_PrefixOfThePrompt_IsToldWithTheQuestionAlone()
    {
        PlacementAnswer answer = await _placer.PlaceAsync(Query with { Prefix = new PromptPrefix(new ulong[] { 7, ulong.MaxValue }, 250.5) }, Cancellation);
        await answer.Lease!.DisposeAsync();
        await UntilNothingIsHeldAsync();
        JsonElement asked = Assert.Single(_wire.BodiesOf("/schedule"));
        Assert.Equal("[7,18446744073709551615]", asked.GetProperty("prompt_chunks").GetRawText());
        Assert.Equal(250.5, asked.GetProperty("prompt_chunk_tokens").GetDouble());
        JsonElement released = Assert.Single(_wire.BodiesOf("/release"));
        Assert.False(released.TryGetProperty("prompt_chunks", out _) || released.TryGetProperty("prompt_chunk_tokens", out _));
    }

    /// <summary>Clients tell the two instances apart by their roles, whatever their order.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Place_PdBatch_EachInstanceIsReleasedOnce(bool isReversed)
    {
        (string, string, string)[] instances = [("p", "prefill", "10.0.0.1"), ("d", "decode", "10.0.0.2")];
        AnswerWith(isReversed ? [.. instances.Reverse()] : instances);
        PlacementAnswer answer = await _placer.PlaceAsync(Query with { Mode = SchedulingMode.PdBatch }, Cancellation);
        Assert.Equal(("pd_batch", ""), Asked());
        Assert.Equal(
            ("10.0.0.1:8000", InferType.Prefill, "10.0.0.1", 9000),
            (answer.Lease!.Target.Id, answer.Lease.Target.Role, answer.Lease.Target.AuxIp, answer.Lease.Target.AuxPort));
        Assert.Equal(("10.0.0.2:8000", InferType.Decode), (answer.Decode!.Target.Id, answer.Decode.Target.Role));
        await answer.Lease.DisposeAsync();
        Assert.True(_placer.Held > 0);
        await answer.Decode.DisposeAsync();
        await answer.Lease.DisposeAsync();
        await UntilNothingIsHeldAsync();
        Assert.Equal(["d", "p"], Released());
    }

    [Fact]
    public async Task Release_TheLeaseIsSettledWhenTheSchedulerHasAnswered()
    {
        var released = new TaskCompletionSource<HttpResponseMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _wire.Answer = (_, path) => path == "/release" ? released.Task : Task.FromResult(ScriptedSchedulers.Placed("e1"));
        PlacementLease lease = (await _placer.PlaceAsync(Query, Cancellation)).Lease!;
        await lease.DisposeAsync();
        Assert.False(lease.Settled.IsCompleted);
        released.SetResult(ScriptedSchedulers.Status(200));
        await lease.Settled.WaitAsync(Cancellation);
    }

    [Theory]
    [InlineData(InferType.Prefill, "prefill")]
    [InlineData(InferType.Decode, "decode")]
    public async Task Place_PdStaged_TheStageIsAskedFor(InferType stage, string name)
    {
        AnswerWith(("e", name, "10.0.0.1"));
        PlacementAnswer answer = await _placer.PlaceAsync(Query with { Mode = SchedulingMode.PdStaged, Stage = stage }, Cancellation);
        Assert.Equal(("pd_staged", name), Asked());
        Assert.Equal((stage, null), (answer.Lease!.Target.Role, answer.Decode));
        await answer.Lease.DisposeAsync();
        await UntilNothingIsHeldAsync();
        Assert.Equal(["e"], Released());
    }

    /// <summary>The scheduler has accounted for what it answers, so that all of it is released.</summary>
    [Theory]
    [InlineData(SchedulingMode.PdBatch, "prefill", "prefill")]
    [InlineData(SchedulingMode.PdBatch, "neutral", "decode")]
    [InlineData(SchedulingMode.PdBatch, "prefill")]
    [InlineData(SchedulingMode.PdStaged, "decode", "prefill")]
    [InlineData(SchedulingMode.Neutral, "neutral", "neutral")]
    public async Task Place_AnswerHasOtherInstances_AllAreReleasedAndTheNextIsAsked(SchedulingMode mode, params string[] roles)
    {
        AnswerWith([.. roles.Select(static (role, i) => (FormattableString.Invariant($"{role}{i}"), role, "10.0.0.1"))]);
        PlacementAnswer answer = await _placer.PlaceAsync(Query with { Mode = mode, Stage = InferType.Decode }, Cancellation);
        Assert.Equal(new PlacementAnswer(PlacementRefusal.NotReady, null), answer);
        Assert.Equal(["s1", "s2"], _wire.HostsOf("/schedule"));
        await Eventually.TrueAsync(() => _wire.BodiesOf("/release").Count() == 2 * roles.Length);
        Assert.Equal(roles.Concat(roles).Order(), Released().Select(static id => id[..^1]));
    }

    [Fact]
    public async Task Place_PdAnswerIsLate_BothInstancesAreReleased()
    {
        var late = new TaskCompletionSource<HttpResponseMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _wire.Answer = (_, path) => path == "/schedule" ? late.Task : Task.FromResult(ScriptedSchedulers.Status(200));
        using var gone = new CancellationTokenSource();
        Task<PlacementAnswer> placing = _placer.PlaceAsync(Query with { Mode = SchedulingMode.PdBatch }, gone.Token).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => placing);
        late.SetResult(ScriptedSchedulers.PlacedOn(("p", "prefill", "10.0.0.1"), ("d", "decode", "10.0.0.2")));
        await Eventually.TrueAsync(() => _wire.BodiesOf("/release").Count() == 2);
        Assert.Equal(["d", "p"], Released());
    }

    [Fact]
    public async Task Place_NothingHasFailed_OurFieldsAreNotWritten()
    {
        await (await _placer.PlaceAsync(Query, Cancellation)).Lease!.DisposeAsync();
        JsonElement asked = Assert.Single(_wire.BodiesOf("/schedule"));
        Assert.False(asked.TryGetProperty("excluded_instances", out _));
        Assert.False(asked.TryGetProperty("retry", out _));
    }

    [Theory]
    [InlineData(8000, 1)]
    [InlineData(5000, 1)]
    [InlineData(4999, 0)]
    public async Task Place_SchedulerHoldsForLongerThanTheGatewayAsks_WarnsOnce(int holdMs, int warnings)
    {
        var log = new RecordingLogger<SchedulerPlacer>();
        _wire.Answer = (_, path) =>
        {
            HttpResponseMessage answer = ScriptedSchedulers.Status(path == "/schedule" ? 429 : 200, "no available endpoint");
            answer.Headers.Add("Llumnix-Hold-Ms", holdMs.ToString(CultureInfo.InvariantCulture));
            return Task.FromResult(answer);
        };
        await using var placer = new SchedulerPlacer(
            new SchedulerPlacerOptions { Schedulers = [new(new Uri("http://s1:1"))], WaitTimeout = TimeSpan.FromSeconds(5), ReleaseDrain = TimeSpan.Zero },
            _engines, new Random(1), _time, new OneLog(log), _http);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(PlacementRefusal.Busy, (await placer.PlaceAsync(Query, Cancellation)).Refusal);
        }

        Assert.Equal(warnings, log.Lines.Count(static line => line.Contains("--slo-hold-ms", StringComparison.Ordinal) && line.Contains("--wait-scheduling-timeout", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(429, "no available endpoint", PlacementRefusal.Busy)]
    [InlineData(429, "the prompt of 9 tokens is longer than the whole KV cache of every instance", PlacementRefusal.PromptTooLong)]
    [InlineData(404, "endpoint not found", PlacementRefusal.NotFound)]
    [InlineData(404, "every instance is excluded", PlacementRefusal.AllExcluded)]
    public async Task Place_SchedulerRefuses_NoOtherIsAsked(int status, string text, PlacementRefusal refusal)
    {
        _wire.Answer = (_, _) => Task.FromResult(ScriptedSchedulers.Status(status, text));
        Assert.Equal(new PlacementAnswer(refusal, null), await _placer.PlaceAsync(Query, Cancellation));
        Assert.Equal(["s1"], _wire.HostsOf("/schedule"));
    }

    [Fact]
    public async Task Place_FirstSchedulerFails_TheNextPlacesAndGetsTheRelease()
    {
        _wire.Answer = (host, path) => host == "s1" ? throw new HttpRequestException("refused")
            : Task.FromResult(path == "/schedule" ? ScriptedSchedulers.Placed("e2") : ScriptedSchedulers.Status(200));
        await (await _placer.PlaceAsync(Query, Cancellation)).Lease!.DisposeAsync();
        await UntilNothingIsHeldAsync();
        Assert.Equal(["s1", "s2"], _wire.HostsOf("/schedule"));
        Assert.Equal(["s2"], _wire.HostsOf("/release"));

        // It is left out for a while, and then tried again.
        await (await _placer.PlaceAsync(Query, Cancellation)).Lease!.DisposeAsync();
        Assert.Equal(["s1", "s2", "s2"], _wire.HostsOf("/schedule"));
        _wire.Answer = static (_, path) => Task.FromResult(path == "/schedule" ? ScriptedSchedulers.Placed("e1") : ScriptedSchedulers.Status(200));
        _time.Advance(TimeSpan.FromSeconds(1));
        await (await _placer.PlaceAsync(Query, Cancellation)).Lease!.DisposeAsync();
        Assert.Equal("s1", _wire.HostsOf("/schedule").Last());
    }

    [Fact]
    public async Task Place_AnswerIsLate_TheNextPlacesAndTheLatePlacementIsReleased()
    {
        var late = new TaskCompletionSource<HttpResponseMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _wire.Answer = (host, path) => path != "/schedule" ? Task.FromResult(ScriptedSchedulers.Status(200))
            : host == "s1" ? late.Task : Task.FromResult(ScriptedSchedulers.Placed("e2", "10.0.0.2"));
        Task<PlacementAnswer> placing = _placer.PlaceAsync(Query, Cancellation).AsTask();
        await Eventually.TrueAsync(() => _wire.HostsOf("/schedule").Any());
        _time.Advance(TimeSpan.FromSeconds(3));
        PlacementLease lease = (await placing).Lease!;
        Assert.Equal("10.0.0.2:8000", lease.Target.Id);
        late.SetResult(ScriptedSchedulers.Placed("e1"));
        await Eventually.TrueAsync(() => _wire.HostsOf("/release").Contains("s1"));
        await lease.DisposeAsync();
    }

    [Fact]
    public async Task Place_ClientGoesWhileTheSchedulerDecides_ThePlacementIsReleased()
    {
        var late = new TaskCompletionSource<HttpResponseMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _wire.Answer = (_, path) => path == "/schedule" ? late.Task : Task.FromResult(ScriptedSchedulers.Status(200));
        using var gone = new CancellationTokenSource();
        Task<PlacementAnswer> placing = _placer.PlaceAsync(Query, gone.Token).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => placing);
        late.SetResult(ScriptedSchedulers.Placed("e1"));
        await Eventually.TrueAsync(() => _wire.HostsOf("/release").Any());
        Assert.Single(_wire.BodiesOf("/release"));
    }

    [Fact]
    public async Task Release_SchedulerFailsTwice_IsRepeatedUntilItIsTaken()
    {
        int failures = 0;
        _wire.Answer = (_, path) => Task.FromResult(path == "/schedule" ? ScriptedSchedulers.Placed("e1")
            : Interlocked.Increment(ref failures) <= 2 ? ScriptedSchedulers.Status(503) : ScriptedSchedulers.Status(200));
        await (await _placer.PlaceAsync(Query, Cancellation)).Lease!.DisposeAsync();
        await Eventually.TrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(500));
            return _placer.Held == 0;
        });
        Assert.Equal(3, _wire.BodiesOf("/release").Count());
    }

    [Theory]
    [InlineData(503, 3)]
    [InlineData(400, 1)]
    public async Task Release_SchedulerNeverTakesIt_EndsAfterABound(int status, int attempts)
    {
        _wire.Answer = (_, path) => Task.FromResult(path == "/schedule" ? ScriptedSchedulers.Placed("e1") : ScriptedSchedulers.Status(status));
        await (await _placer.PlaceAsync(Query, Cancellation)).Lease!.DisposeAsync();
        await Eventually.TrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(500));
            return _placer.Held == 0;
        });
        Assert.Equal(attempts, _wire.BodiesOf("/release").Count());
    }

    [Fact]
    public async Task Place_NoSchedulerAnswers_AnEngineOfDiscoveryIsChosenByAllRequestsInFlight()
    {
        _engines.Synchronize([Engine("a", "10.0.0.1", rank: 1), Engine("b", "10.0.0.2")]);
        await using PlacementLease scheduled = (await _placer.PlaceAsync(Query, Cancellation)).Lease!;
        _wire.Answer = static (_, _) => Task.FromResult(ScriptedSchedulers.Status(503));
        await using PlacementLease lease = (await _placer.PlaceAsync(Query, Cancellation)).Lease!;
        Assert.Equal("10.0.0.2:8000", lease.Target.Id);

        // Both are known by their endpoints, whoever has placed the request.
        PlacementAnswer none = await _placer.PlaceAsync(Query with { Excluded = [scheduled.Target.Id, lease.Target.Id] }, Cancellation);
        Assert.Equal(PlacementRefusal.AllExcluded, none.Refusal);
    }

    [Fact]
    public async Task FindReasonNotReady_ASchedulerOrAnEngine_IsEnough()
    {
        Assert.NotNull(_placer.FindReasonNotReady());
        await (await _placer.PlaceAsync(Query, Cancellation)).Lease!.DisposeAsync();
        Assert.Null(_placer.FindReasonNotReady());
        Assert.Null(_placer.FindWarning());
        _wire.Answer = static (_, _) => Task.FromResult(ScriptedSchedulers.Status(503));
        Assert.Equal(PlacementRefusal.NotReady, (await _placer.PlaceAsync(Query, Cancellation)).Refusal);
        Assert.NotNull(_placer.FindReasonNotReady());
        _engines.Synchronize([Engine("a", "10.0.0.1")]);
        Assert.Null(_placer.FindReasonNotReady());
        Assert.StartsWith("no scheduler answers", _placer.FindWarning(), StringComparison.Ordinal);
    }

    private static DiscoveredInstance Engine(string id, string host, int rank = 0) =>
        new() { Id = id, InferType = InferType.Neutral, Host = host, Port = 8000, DataParallelRank = rank };

    private void AnswerWith(params (string Id, string Role, string Host)[] instances) =>
        _wire.Answer = (_, path) => Task.FromResult(path == "/schedule" ? ScriptedSchedulers.PlacedOn(instances) : ScriptedSchedulers.Status(200));

    /// <summary>Mode and stage of the one question.</summary>
    private (string? Mode, string? Stage) Asked()
    {
        JsonElement asked = Assert.Single(_wire.BodiesOf("/schedule"));
        return (asked.GetProperty("scheduling_mode").GetString(), asked.GetProperty("scheduling_stage").GetString());
    }

    /// <summary>Ids of the released instances, in the order of the alphabet; each release names one.</summary>
    private IEnumerable<string> Released() => _wire.BodiesOf("/release")
        .Select(static body => Assert.Single(body.GetProperty("scheduling_result").EnumerateArray()).GetProperty("id").GetString()!)
        .Order(StringComparer.Ordinal);

    private Task UntilNothingIsHeldAsync() => Eventually.TrueAsync(() => _placer.Held == 0);
}
