using Llumnix.Gateway.Health;
using Llumnix.Gateway.Placement;
using Llumnix.Gateway.Relay;
using Llumnix.Gateway.Telemetry;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Logging;

namespace Llumnix.Gateway.Tests.Health;

public sealed class DeniedEnginesTests
{
    private readonly RecordingLogger<DeniedEngines> _log = new();
    private readonly EngineDirectory _directory = new();
    private readonly DeniedEngines _denied;

    public DeniedEnginesTests()
    {
        var telemetry = new GatewayTelemetry(
            Prometheus.Metrics.WithCustomRegistry(Prometheus.Metrics.NewCustomRegistry()), TimeProvider.System, static () => 0, static () => 0);
        _denied = new DeniedEngines(new EngineAccess(null, isAuthorizationForwarded: false), _directory, telemetry, _log);
        _directory.Synchronize([.. Enumerable.Range(0, 7).Select(static i => new DiscoveredInstance { Id = $"e{i}", InferType = InferType.Neutral, Host = "h", Port = 1 + i })]);
    }

    [Fact]
    public void OnAnswered_DeniedAgainAndAgain_IsLoggedOnceUntilItIsAccepted()
    {
        _denied.OnAnswered(Engine(0), 401);
        _denied.OnAnswered(Engine(0), 403);
        _denied.OnAnswered(Engine(1), 200);
        Assert.Equal(["Warning: Engine h:1 denies requests with status 401; they ask for an API key: give it by --engine-api-key-file"], _log.Lines);
        _denied.OnAnswered(Engine(0), 400);
        Assert.Equal("Information: Engine h:1 no longer denies requests", _log.Lines.Last());
        Assert.Null(_denied.FindWarning());
    }

    [Fact]
    public void FindWarning_ManyEngines_NamesTheFirstFiveAndNoneThatHasGone()
    {
        foreach (int i in new[] { 0, 1, 2, 3, 4, 5, 99 })
        {
            _denied.OnAnswered(Engine(i), 401);
        }

        Assert.Equal(
            "6 of 7 engines deny requests with 401 or 403 (h:1, h:2, h:3, h:4, h:5 and 1 more); they ask for an API key: give it by --engine-api-key-file", _denied.FindWarning());
    }

    private static EngineTarget Engine(int i) => new() { Id = $"e{i}", Host = "h", Port = 1 + i };
}
