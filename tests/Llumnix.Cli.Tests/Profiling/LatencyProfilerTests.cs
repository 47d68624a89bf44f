using System.Net;
using Llumnix.Cli.Profiling;
using Llumnix.Adapters.Profiles;
using Llumnix.EngineEmulator;
using Llumnix.Scheduling.Profiles;
using Llumnix.Simulation.Engines;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Cli.Tests.Profiling;

public sealed class LatencyProfilerTests : IDisposable
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory();
    private readonly FakeTimeProvider _time = new();
    private readonly List<ProfileCell> _cells = [];

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task MeasurePrefill_WithOutliersAndANetwork_WritesMediansOfTheEnginesTime()
    {
        using var engine = new PacedEngine(_time, tokens => 10 + (tokens / 10.0), stepMs: 7) { RoundTripMs = 3, Outliers = { [1] = 50, [3] = 20, [7] = 9 } };
        var grid = new ProfileGrid { PromptTokens = [100, 500], Repeats = 3 };
        await Profiler(engine, grid).MeasurePrefillAsync(Open("t.json", out string path), Cancellation);
        LatencyCurve curve = ProfilingTables.ParsePrefill(await File.ReadAllBytesAsync(path, Cancellation), path);
        Assert.Equal([20, 60], curve.Values.ToArray());
        Assert.Equal([100, 100, 100, 100, 500, 500, 500, 500], engine.Prompts);
        Assert.Equal([20.0, 60.0], _cells.Select(cell => cell.Milliseconds!.Value));
    }

    [Fact]
    public async Task MeasureDecode_OneRequest_WritesTheStepTimeAtTheWantedContext()
    {
        using var engine = new PacedEngine(_time, _ => 100, stepMs: 7);
        var grid = new ProfileGrid { BatchSizes = [1], TokensPerRequest = [1000], Repeats = 2, DecodeSteps = 32 };
        await Profiler(engine, grid).MeasureDecodeAsync(Open("d.json", out string path), Cancellation);
        LatencyGrid table = ProfilingTables.ParseDecode(await File.ReadAllBytesAsync(path, Cancellation), path, []);
        Assert.Equal(7, table.At(1, 1000), 1e-6);

        // 5 tokens to settle and 32 to measure: at the middle of those, 1,000 - 16 + 5 + 16 are there.
        Assert.All(engine.Prompts, prompt => Assert.Equal(1000 - 37 + 16, prompt));
    }

    [Fact]
    public async Task Measure_Again_LeavesWhatIsThere()
    {
        using var engine = new PacedEngine(_time, _ => 10, stepMs: 7);
        var grid = new ProfileGrid { PromptTokens = [100], BatchSizes = [1], TokensPerRequest = [1000], Repeats = 1 };
        await Profiler(engine, grid).MeasurePrefillAsync(Open("t.json", out _), Cancellation);
        await Profiler(engine, grid).MeasureDecodeAsync(Open("d.json", out _), Cancellation);
        int requests = engine.Prompts.Count;
        await Profiler(engine, grid).MeasurePrefillAsync(Open("t.json", out _), Cancellation);
        await Profiler(engine, grid).MeasureDecodeAsync(Open("d.json", out _), Cancellation);
        Assert.Equal(requests, engine.Prompts.Count);
        Assert.Equal([false, false, true, true], _cells.Select(cell => cell.IsKnown));
    }

    [Fact]
    public async Task Measure_EngineRefuses_SaysWhat()
    {
        using var engine = new PacedEngine(_time, _ => 10, stepMs: 7) { Status = HttpStatusCode.Unauthorized };
        ProfileException exception = await Assert.ThrowsAsync<ProfileException>(
            () => Profiler(engine, new ProfileGrid()).MeasurePrefillAsync(Open("t.json", out _), Cancellation));
        Assert.Equal("http://engine:8000/v1/completions answered 401 to 16 prompt tokens", exception.Message);
    }

    /// <summary>A batch that does not fit into the KV cache never decodes as a whole: its cell is left out.</summary>
    [Fact]
    public async Task MeasureDecode_EmulatedEngine_LeavesOutWhatDoesNotFit()
    {
        await using EngineHost host = await EngineHost.StartAsync(
            new EngineHostOptions
            {
                Engines = [new EmulatedEngineOptions { Engine = new EngineConfiguration { KvCapacityTokens = 4096, Latency = new PolynomialLatencyModel { DecodeBase = 1 } } }],
            },
            Cancellation);
        using var http = new HttpClient();
        var probe = new LatencyProbe(http, new Uri($"http://127.0.0.1:{host.Engines[0].Port}"), "m", null, new Random(1), TimeProvider.System);
        var grid = new ProfileGrid { BatchSizes = [1, 3], TokensPerRequest = [2048], Repeats = 1 };
        await new LatencyProfiler(probe, new FixedRoundTrip(0.1), grid, TimeProvider.System, Progress()).MeasureDecodeAsync(Open("d.json", out _), Cancellation);
        Assert.NotNull(_cells[0].Milliseconds);
        Assert.Contains("do not fit", _cells[1].Refusal, StringComparison.Ordinal);
    }

    private LatencyProfiler Profiler(PacedEngine engine, ProfileGrid grid) => new(
        new LatencyProbe(new HttpClient(engine, disposeHandler: false), new Uri("http://engine:8000"), "m", null, new Random(1), _time),
        new FixedRoundTrip(engine.RoundTripMs),
        grid,
        _time,
        Progress());

    private ListProgress Progress() => new(_cells);

    private ProfileTableFile Open(string name, out string path)
    {
        path = Path.Combine(_directory.FullName, name);
        return ProfileTableFile.Open(path, "m", "test", _time);
    }

    private sealed class ListProgress(List<ProfileCell> cells) : IProgress<ProfileCell>
    {
        public void Report(ProfileCell value) => cells.Add(value);
    }
}
