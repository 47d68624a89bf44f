using System.Globalization;
using Grpc.Core;
using Llumnix.EngineEmulator.Migration;
using Llumnix.Protocol.Llumlet;
using Llumnix.Simulation.Engines;
using Llumnix.Testing.Polling;

namespace Llumnix.EngineEmulator.Tests.Migration;

/// <summary>
/// Thousands of migrations under load: engines of one host and of several, calls that are refused, hang and time out, clients that leave, and
/// engines that crash. Tokens are numbered, and each stream checks that it gets every number once.
/// </summary>
[Collection(nameof(Alone))]
public sealed class MigrationStressTests : IDisposable
{
    private const int Waves = 4;
    private const int MigrationsPerWave = 2500;
    private const int Hosts = 3;
    private const int EnginesPerHost = 2;
    private const int CrashesPerWave = 2;
    private const int Clients = 24;

    private readonly HttpClient _http = new();
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;
    private int _finished;
    private int _disconnected;
    private int _refusedAtADeadEngine;
    private int _broken;
    private volatile bool _stopping;

    [Fact]
    public async Task ManyMigrations_WithFaultsAndCrashes_LoseNoTokenAndLeakNothing()
    {
        int migrations = 0, brokenByCrashes = 0;
        for (int wave = 0; wave < Waves; wave++)
        {
            List<EngineHost> hosts = [];
            for (int i = 0; i < Hosts; i++)
            {
                hosts.Add(await EngineHost.StartAsync(Options(), _cancellation));
            }

            HostedEngine[] engines = [.. hosts.SelectMany(host => host.Engines)];
            await RunWaveAsync(engines, new Random(wave));
            await AssertNothingLeftAsync(hosts, engines);
            migrations += engines.Sum(engine => engine.MigratedRequests);
            brokenByCrashes += engines.Sum(engine => engine.Runner.BrokenStreams);
            foreach (EngineHost host in hosts)
            {
                await host.DisposeAsync();
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{migrations} migrations; streams: {_finished} finished, {_disconnected} left, {_broken} broken of {brokenByCrashes}, {_refusedAtADeadEngine} at a dead engine");
        Assert.True(migrations >= Waves * MigrationsPerWave);
        Assert.True(_finished > _broken, "most requests never meet a crash");

        // Only a crash of an engine that a request depends on breaks its stream.
        Assert.InRange(_broken, 1, brokenByCrashes);
    }

    public void Dispose() => _http.Dispose();

    private static EngineHostOptions Options() => new()
    {
        MigrationTimeout = TimeSpan.FromSeconds(10),
        Engines = [.. Enumerable.Range(0, EnginesPerHost).Select(_ => new EmulatedEngineOptions
        {
            Engine = new EngineConfiguration
            {
                Latency = new PolynomialLatencyModel { DecodeBase = 4 },
                KvCapacityTokens = 4096,
                MaxRunningRequests = 12,
                MaxMigrationsIn = 2,
                MaxMigrationsOut = 2,
                KvTransferBytesPerSecond = 20e9,
            },
        })],
    };

    private async Task RunWaveAsync(HostedEngine[] engines, Random random)
    {
        _stopping = false;
        Task[] clients = [.. Enumerable.Range(0, Clients).Select(i => Task.Run(() => SendAsync(engines, i, new Random(random.Next())), _cancellation))];
        Task[] reschedulers = [.. engines.Select(engine => Task.Run(() => RescheduleAsync(engines, engine, new Random(random.Next())), _cancellation))];
        for (int crash = 1; crash <= CrashesPerWave; crash++)
        {
            await MigratedAsync(engines, MigrationsPerWave * crash / (CrashesPerWave + 1));
            HostedEngine[] alive = [.. engines.Where(engine => !engine.HasEnded)];
            await alive[random.Next(alive.Length)].CrashAsync();
        }

        await MigratedAsync(engines, MigrationsPerWave);
        _stopping = true;
        await Task.WhenAll([.. clients, .. reschedulers]).WaitAsync(TimeSpan.FromSeconds(60), _cancellation);
    }

    private static Task MigratedAsync(HostedEngine[] engines, int count) =>
        Eventually.TrueAsync(() => engines.Sum(engine => engine.MigratedRequests) >= count, TimeSpan.FromMinutes(2));

    /// <summary>A client: one request after the other, to any engine that lives.</summary>
    private async Task SendAsync(HostedEngine[] engines, int client, Random random)
    {
        for (int i = 0; !_stopping; i++)
        {
            HostedEngine[] alive = [.. engines.Where(engine => !engine.HasEnded)];
            HostedEngine engine = alive[random.Next(alive.Length)];
            string id = string.Create(CultureInfo.InvariantCulture, $"c{client}-{i}");
            using var stream = CompletionStream.Start(_http, engine, id, tokens: random.Next(1, 120), prompt: random.Next(1, 300));
            bool leaves = random.Next(20) == 0;
            if (leaves)
            {
                await Task.WhenAny(stream.Finished, Task.Delay(TimeSpan.FromMilliseconds(random.Next(100)), _cancellation));
                stream.Disconnect();
            }

            Count(await stream.Finished, leaves, engine, stream);
        }
    }

    private void Count(bool finished, bool left, HostedEngine engine, CompletionStream stream)
    {
        ref int count = ref _broken;
        if (finished)
        {
            count = ref _finished;
        }
        else if (left)
        {
            count = ref _disconnected;
        }
        else if (engine.HasEnded && stream.Tokens == 0)
        {
            count = ref _refusedAtADeadEngine;
        }

        Interlocked.Increment(ref count);
    }

    /// <summary>Asks one engine's llumlet for migrations to any other, with faults of its own.</summary>
    private async Task RescheduleAsync(HostedEngine[] engines, HostedEngine source, Random random)
    {
        using var llumlet = new LlumletClient(source);
        string[] orders = ["LCR", "FCR", "LR", "SR", "FCW", "FCWSR"];
        while (!_stopping && !source.HasEnded)
        {
            // Dead engines are asked too.
            HostedEngine destination = engines[random.Next(engines.Length)];
            using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(_cancellation);
            source.MigrateFault = random.Next(40) switch
            {
                0 => MigrateFault.Refuse,
                1 => MigrateFault.Error,
                2 => MigrateFault.Hang,
                _ => MigrateFault.None,
            };
            if (source.MigrateFault == MigrateFault.Hang || random.Next(20) == 0)
            {
                cancellation.CancelAfter(random.Next(1, 12));
            }

            try
            {
                int requests = random.Next(10) == 0 ? -1 : random.Next(1, 5);
                MigrateResponse response = await llumlet.MigrateAsync(
                    llumlet.To(destination.Metadata, requests, orders[random.Next(orders.Length)]), cancellation.Token);
                Assert.True(response.Success || response.Message.Length > 0);
            }
            catch (RpcException) when (source.HasEnded || source.MigrateFault == MigrateFault.Error || cancellation.IsCancellationRequested)
            {
            }
        }
    }

    private static async Task AssertNothingLeftAsync(List<EngineHost> hosts, HostedEngine[] engines)
    {
        await Eventually.TrueAsync(() => hosts.Sum(host => host.OpenReservations) == 0);
        foreach (HostedEngine engine in engines.Where(engine => !engine.HasEnded))
        {
            await Eventually.TrueAsync(() => engine.Runner.OpenStreams == 0 && engine.Status() is
            {
                RunningRequestCount: 0, WaitingRequestCount: 0, LoadingRequestCount: 0, UsedGpuTokens: 0,
                AvailableMigrateInSlots: 2, AvailableMigrateOutSlots: 2,
            });
        }
    }
}
