using Llumnix.Gateway.Placement.Schedulers;
using Llumnix.Protocol.Http;
using Llumnix.Testing.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Gateway.Tests.Placement;

/// <summary>What is logged while a scheduler takes neither releases nor reports.</summary>
public sealed class SchedulerClientTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedSchedulers _wire = new();
    private readonly HttpMessageInvoker _http;
    private readonly RecordingLogger<SchedulerClient> _log = new();
    private readonly SchedulerClient _client;

    public SchedulerClientTests()
    {
        _http = new HttpMessageInvoker(_wire);
        _client = new SchedulerClient(_http, new SchedulerAccess(new Uri("http://s1:1")), _time, _log);
    }

    public void Dispose()
    {
        _http.Dispose();
        _wire.Dispose();
    }

    [Fact]
    public async Task Release_ManyThatFailAlike_AreOneLineForEachOutage()
    {
        await ReleaseAllAsync(400);
        Assert.Single(_log.Lines);

        await ReleaseAllAsync(200);
        _time.Advance(TimeSpan.FromMinutes(1));
        await ReleaseAllAsync(400);
        Assert.Equal(2, _log.Lines.Count);
    }

    [Fact]
    public async Task Report_ManyWhileNoSchedulerLeads_AreOneLineForEachOutage()
    {
        _wire.Answer = static (_, _) => Task.FromResult(ScriptedSchedulers.Status(503, "no scheduler leads at present"));
        for (int i = 0; i < 5; i++)
        {
            await _client.ReportAsync([], TestContext.Current.CancellationToken);
        }

        Assert.Single(_log.Lines);
    }

    private Task ReleaseAllAsync(int status)
    {
        _wire.Answer = (_, _) => Task.FromResult(ScriptedSchedulers.Status(status));
        return Task.WhenAll(Enumerable.Range(0, 10).Select(i => _client.ReleaseAsync(new ScheduleRequestBody { Id = $"r{i}" }, [])));
    }
}
