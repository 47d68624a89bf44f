using System.Collections.Concurrent;
using System.Globalization;
using Llumnix.Adapters.EngineSignals;
using Llumnix.Testing.Logging;
using Llumnix.Testing.Polling;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Adapters.Tests.EngineSignals;

public sealed class EngineScraperTests : IAsyncLifetime, IEngineSignalObserver
{
    private const string Vllm = "vllm:num_requests_running{engine=\"0\"} 3\nvllm:num_requests_waiting{engine=\"0\"} 1\n";
    private readonly ConcurrentQueue<RankSignals> _read = new();
    private readonly ConcurrentQueue<EngineReadFailure> _failed = new();
    private readonly ConcurrentQueue<EngineFace> _faces = new();
    private readonly ConcurrentQueue<IReadOnlyList<string>> _models = new();
    private readonly ConcurrentQueue<string> _asked = new();
    private volatile RequestDelegate _answer = static context => context.Response.WriteAsync(Vllm);
    private readonly RecordingLogger<EngineScraper> _log = new();
    private EngineScraper _scraper = null!;
    private WebApplication _engine = null!;

    public async ValueTask InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _engine = builder.Build();
        _engine.Run(context =>
        {
            _asked.Enqueue(context.Request.Path + context.Request.QueryString);
            return _answer(context);
        });
        await _engine.StartAsync(TestContext.Current.CancellationToken);
        _scraper = new EngineScraper(
            new EngineScraperOptions { Interval = TimeSpan.FromMilliseconds(100), MaxEngines = 1, MaxAnswerBytes = 100_000 },
            this,
            TimeProvider.System,
            _log);
    }

    public async ValueTask DisposeAsync()
    {
        await _scraper.DisposeAsync();
        await _engine.DisposeAsync();
    }

    void IEngineSignalObserver.Recognised(EngineTarget engine, EngineFace face) => _faces.Enqueue(face);

    void IEngineSignalObserver.Read(EngineTarget engine, IReadOnlyList<RankSignals> ranks, long askedAt, long answeredAt) => _read.Enqueue(ranks[0]);

    void IEngineSignalObserver.ModelsRead(EngineTarget engine, IReadOnlyList<string> models) => _models.Enqueue(models);

    void IEngineSignalObserver.Failed(EngineTarget engine, EngineReadFailure reason, string error) => _failed.Enqueue(reason);

    [Fact]
    public async Task Run_Vllm_IsRecognisedAndAskedForTheNeededNamesOnly()
    {
        Add();
        await Eventually.TrueAsync(() => _read.Count > 2);
        Assert.Equal([EngineFace.Vllm], _faces);
        Assert.All(_read, signals => Assert.Equal(new RankSignals { Running = 3, Waiting = 1 }, signals));
        Assert.Contains("name[]=vllm:num_requests_waiting", _asked.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SglangWithoutMetrics_ItsLoadsAreRead()
    {
        _answer = static context => context.Request.Path == "/v1/loads"
            ? context.Response.WriteAsync("""{"loads":[{"dp_rank":0,"num_running_reqs":1,"num_waiting_reqs":2}]}""")
            : NotFound(context);
        Add();
        await Eventually.TrueAsync(() => _read.Count > 1);
        Assert.Equal([EngineFace.SglangLoads], _faces);
        Assert.All(_read, signals => Assert.Equal(new RankSignals { Running = 1, Waiting = 2 }, signals));
    }

    [Fact]
    public async Task Run_EngineListsModels_TheyAreToldInOrder()
    {
        _answer = static context => context.Response.WriteAsync(
            context.Request.Path == "/v1/models" ? """{"object":"list","data":[{"id":"m"},{"id":"adapter","parent":"m"},{"id":7},{}]}""" : Vllm);
        Add();
        await Eventually.TrueAsync(() => !_models.IsEmpty);
        Assert.Equal(["adapter", "m"], _models.First());
    }

    /// <summary>vLLM's key is for what is under /v1/, not for its metrics.</summary>
    [Fact]
    public async Task Run_EngineDeniesItsModelsAlone_ItIsReadAndTheLogSaysOnceWhatToDo()
    {
        _answer = static context => context.Request.Path == "/v1/models" ? FailAsync("401", context) : context.Response.WriteAsync(Vllm);
        Add();
        await Eventually.TrueAsync(() => _log.Lines.Count >= 2 && _read.Count > 2);
        Assert.Contains(
            "Warning: The models of engine e cannot be read: /v1/models answers with status 401; the engine asks for an API key: give it by --engine-api-key-file", _log.Lines);
    }

    [Theory]
    [InlineData("404", EngineReadFailure.Status)]
    [InlineData("500", EngineReadFailure.Status)]
    [InlineData("401", EngineReadFailure.Denied)]
    [InlineData("redirect", EngineReadFailure.Status)]
    [InlineData("garbage", EngineReadFailure.TellsNoLoad)]
    [InlineData("frozen", EngineReadFailure.Timeout)]
    [InlineData("endless", EngineReadFailure.TooLarge)]
    [InlineData("cut", EngineReadFailure.Connection)]
    public async Task Run_EngineThatFailsAndComesBack_IsReadAgain(string fault, EngineReadFailure reason)
    {
        _answer = context => FailAsync(fault, context);
        Add();
        await Eventually.TrueAsync(() => _failed.Contains(reason));
        Assert.Empty(_read);
        _answer = static context => context.Response.WriteAsync(Vllm);
        await Eventually.TrueAsync(() => !_read.IsEmpty);
        Assert.True(_scraper.Failures(reason) > 0);
    }

    /// <summary>Where the fleet is watched, its watch warns of an engine that cannot be reached, whether it was read before or never.</summary>
    [Theory]
    [InlineData(true, "Information: ")]
    [InlineData(false, "Warning: ")]
    public async Task Run_ConnectionsBreak_WarningOnlyWhereNobodyElseWarns(bool isFleetWatched, string level)
    {
        _answer = static context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        var options = new EngineScraperOptions { Interval = TimeSpan.FromMilliseconds(100), IsFleetWatched = isFleetWatched };
        await using var scraper = new EngineScraper(options, this, TimeProvider.System, _log);
        Assert.True(scraper.Add(new EngineTarget("e", new Uri(_engine.Urls.First()))));

        await Eventually.TrueAsync(() => _log.Lines.Any(static line => line.Contains("The load of engine e cannot be read", StringComparison.Ordinal)));
        string line = _log.Lines.First(static line => line.Contains("The load of engine e cannot be read", StringComparison.Ordinal));
        Assert.StartsWith(level, line, StringComparison.Ordinal);
        Assert.DoesNotContain("An error occurred", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Remove_Engine_NothingMoreIsReadAndAnotherOneHasRoom()
    {
        Add();
        Assert.False(_scraper.Add(new EngineTarget("other", new Uri("http://127.0.0.1:1"))));
        await Eventually.TrueAsync(() => !_read.IsEmpty);
        await _scraper.RemoveAsync("e");
        Assert.True(_scraper.Add(new EngineTarget("other", new Uri("http://127.0.0.1:1"))));
        await Eventually.TrueAsync(() => _failed.Contains(EngineReadFailure.Connection));
    }

    [Theory]
    [InlineData("ftp://h:1")]
    [InlineData("http://user:secret@h:1")]
    [InlineData("http://h:1/path")]
    public void Add_AddressOfAnotherForm_IsRefusedWithoutRepeatingIt(string address)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => _scraper.Add(new EngineTarget("e", new Uri(address))));
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = 404;
        return Task.CompletedTask;
    }

    private static async Task FailAsync(string fault, HttpContext context)
    {
        switch (fault)
        {
            case "401" or "404" or "500" or "redirect":
                context.Response.StatusCode = fault == "redirect" ? 302 : int.Parse(fault, CultureInfo.InvariantCulture);
                context.Response.Headers.Location = "/elsewhere";
                break;
            case "garbage":
                await context.Response.WriteAsync("\0vllm:num_requests_running 1\n{{{");
                break;
            case "frozen":
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                break;
            case "endless":
                byte[] part = new byte[10_000];
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await context.Response.Body.WriteAsync(part);
                }

                break;
            default:
                context.Abort();
                break;
        }
    }

    private void Add() => Assert.True(_scraper.Add(new EngineTarget("e", new Uri(_engine.Urls.First()))));
}
