using Llumnix.EngineEmulator.KvStore;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.PrefixCache;

namespace Llumnix.EngineEmulator.Tests.KvStore;

public sealed class MooncakeMasterTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private static readonly ChunkKeyOptions Chunks = new() { ChunkSize = 32 };
    private readonly HttpClient _http = new();
    private MooncakeMaster _master = null!;
    private EngineHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _master = await MooncakeMaster.StartAsync(Chunks, Cancellation);
        EngineHostOptions options = EngineHostBuilder.Options(EngineHostBuilder.Fast, InferType.Neutral, InferType.Neutral);
        _host = await EngineHost.StartAsync(
            options with
            {
                KvMaster = _master,
                Engines = [options.Engines[0] with { KvsIp = "127.0.1.0" }, options.Engines[1] with { KvsIp = "fd00::1" }],
            },
            Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
        await _master.DisposeAsync();
    }

    [Fact]
    public async Task Query_PromptThatAnEngineComputed_IsHeldThereUntilItEnds()
    {
        uint[] prompt = [.. Enumerable.Range(0, 100).Select(i => (uint)i * 1000)];
        string[] keys = KeysOf(prompt);
        Assert.Equal(3, keys.Length);
        Assert.Equal(NotFound(keys[0]), await QueryAsync(keys[0]));

        await CompleteAsync(_host.Engines[0], prompt);
        string held = $$"""{"ok":true,"values":[{"transport_endpoint_":"127.0.1.0:{{_host.Engines[0].Port}}"}]}""";
        Assert.Equal(
            $$$$"""{"success":true,"data":{"{{{{keys[0]}}}}":{{{{held}}}},"{{{{keys[2]}}}}":{{{{held}}}},"x":{"ok":false,"error":"object not found"}}}""",
            await QueryAsync($"{keys[0]},{keys[2]},x"));

        await CompleteAsync(_host.Engines[1], prompt);
        Assert.Contains($"\"[fd00::1]:{_host.Engines[1].Port}\"", await QueryAsync(keys[1]), StringComparison.Ordinal);

        await _host.Engines[0].CrashAsync();
        await _host.Engines[1].CrashAsync();
        Assert.Equal(NotFound(keys[0]), await QueryAsync(keys[0]));
    }

    [Fact]
    public async Task Query_NoKeyOrAnotherPath_IsRefused()
    {
        Assert.Equal(400, await StatusAsync("batch_query_keys"));
        Assert.Equal(400, await StatusAsync("batch_query_keys?keys="));
        Assert.Equal(404, await StatusAsync("nothing"));
    }

    private static string NotFound(string key) => $$$$"""{"success":true,"data":{"{{{{key}}}}":{"ok":false,"error":"object not found"}}}""";

    private static string[] KeysOf(uint[] prompt)
    {
        ChunkKeys keys = ChunkKeys.Create(Chunks);
        keys.Begin(prompt.Length);
        return [.. Enumerable.Range(0, keys.Count).Select(_ => keys.Next(prompt))];
    }

    private static async Task CompleteAsync(HostedEngine engine, uint[] prompt)
    {
        using var client = new EngineClient(engine);
        using HttpResponseMessage answer = await client.SendAsync(
            "/v1/completions", $$"""{"prompt":[{{string.Join(',', prompt)}}],"max_tokens":2}""", "r");
        Assert.True(answer.IsSuccessStatusCode);
        await answer.Content.ReadAsStringAsync(Cancellation);
    }

    private Task<string> QueryAsync(string keys) =>
        _http.GetStringAsync(new Uri($"http://127.0.0.1:{_master.Port}/batch_query_keys?keys={keys}"), Cancellation);

    private async Task<int> StatusAsync(string target)
    {
        using HttpResponseMessage answer = await _http.GetAsync(new Uri($"http://127.0.0.1:{_master.Port}/{target}"), Cancellation);
        return (int)answer.StatusCode;
    }
}
