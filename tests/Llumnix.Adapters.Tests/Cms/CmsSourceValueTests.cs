using Llumnix.Adapters.Cms;
using Llumnix.Adapters.Tests.Servers;
using Llumnix.Testing.Cms;
using StackExchange.Redis;

namespace Llumnix.Adapters.Tests.Cms;

/// <summary>What others keep in the same Redis costs a bounded amount.</summary>
public sealed class CmsSourceValueTests(RedisServerFixture fixture) : IClassFixture<RedisServerFixture>, IAsyncLifetime
{
    private const int Large = 100 * 1024 * 1024;
    private readonly CmsWriter _writer = fixture.Writer;

    public async ValueTask InitializeAsync() => await fixture.FlushAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Run_AValueOf100Megabytes_IsSkippedAndTheOthersGoOn()
    {
        await _writer.PutAsync("large");
        await _writer.PutAsync("good");
        await using var run = new CmsSourceRun(CmsSourceRun.OptionsFor(fixture.Server));
        await run.WaitForInstancesAsync("large", "good");
        long sent = await SentAsync();

        await fixture.Database.StringSetRangeAsync(CmsWriter.StatusKey("large"), Large, "x");
        await run.Sink.WaitUntilAsync(_ => !run.Observer.Skipped.IsEmpty);
        await _writer.PutAsync(CmsMessages.Status("good", updateId: 2));
        await run.Sink.WaitUntilAsync(sink => sink.Readings["good"].Status.UpdateId == 2);
        await run.Sink.WaitForSynchronizationsAsync(20);

        Assert.Equal([CmsSkipReason.TooLarge], run.Observer.Skipped);
        Assert.InRange(await SentAsync() - sent, MessageValue.MaxBytes, 2 * MessageValue.MaxBytes);
        Assert.Equal(1, run.Sink.Readings["large"].Status.UpdateId);

        await _writer.PutAsync(CmsMessages.Status("large", updateId: 3));
        await run.Sink.WaitUntilAsync(sink => sink.Readings["large"].Status.UpdateId == 3);
    }

    [Fact]
    public async Task Run_ManyForeignKeys_StatusesAreReadByTheirKeysAndNewInstancesAreFound()
    {
        await fixture.Database.ScriptEvaluateAsync("for i = 1, 50000 do redis.call('SET', 'foreign:' .. i, 'x') end");
        await _writer.PutAsync("first");
        await using var run = new CmsSourceRun(CmsSourceRun.OptionsFor(fixture.Server));
        await run.WaitForInstancesAsync("first");
        long pages = await ScansAsync();

        await run.Sink.WaitForSynchronizationsAsync(40);
        // Each poll would list the 50,000 keys otherwise: 49 pages.
        Assert.InRange(await ScansAsync() - pages, 0, 40 * 49 / 2);

        await _writer.PutAsync("second");
        await run.WaitForInstancesAsync("first", "second");
        await _writer.DeleteAsync("first");
        await run.WaitForInstancesAsync("second");
    }

    private Task<long> SentAsync() => InfoAsync("stats", "total_net_output_bytes:");

    private Task<long> ScansAsync() => InfoAsync("commandstats", "cmdstat_scan:calls=");

    private async Task<long> InfoAsync(string section, string name)
    {
        string info = ((string?)await fixture.Database.ExecuteAsync("INFO", section))!;
        string line = info.Split("\r\n").Single(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..];
        return long.Parse(line.Split(',')[0]);
    }
}
