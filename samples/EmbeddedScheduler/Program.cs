// Places six requests among engines, with a metric of its own, and says where they would go: EmbeddedScheduler host:port [host:port...]
using System.Net;
using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Embedding;
using Llumnix.Adapters.Options.Table;
using Llumnix.Samples.EmbeddedScheduler;
using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Requests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

string? problem = EngineList.Read(
    string.Join(',', args), static (string text, out DnsEndPoint? address) => ListTypes.ReadEndpoint(text, defaultPort: 8000, out address), out IReadOnlyList<ListedEngine> engines);
if (problem is not null || engines.Count == 0)
{
    Console.Error.WriteLine($"{problem}\nUsage: EmbeddedScheduler host:port [host:port...]".TrimStart());
    return 2;
}

HostApplicationBuilder builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services
    .AddLlumnixScheduler(new EmbeddedSchedulerOptions
    {
        Engines = engines,
        Policies = new PolicyOptions { Dispatch = new DispatchOptions { Neutral = new LoadCriterion("requests_per_capacity", threshold: 1000) } },
    })
    .AddMetric<RequestsPerCapacity>();
using IHost host = builder.Build();
await host.StartAsync();

var scheduler = host.Services.GetRequiredService<IRequestScheduler>();
var placed = new List<(string Request, PlacedInstance Engine)>();
for (int i = 1; i <= 6; i++)
{
    string id = $"request-{i}";
    ScheduleOutcome outcome = scheduler.Schedule(new PlacementRequest(id, SchedulingMode.Neutral, default, PromptTokens: 500), out Placement placement);
    if (outcome != ScheduleOutcome.Placed)
    {
        Console.WriteLine($"{id}: {outcome}");
        continue;
    }

    // Here the request would be sent; until its release it counts as load of its engine.
    PlacedInstance engine = placement.First;
    placed.Add((id, engine));
    Console.WriteLine($"{id}: {engine.Instance.Host}:{engine.Instance.Port}");
}

foreach ((string request, PlacedInstance engine) in placed)
{
    scheduler.Release(request, new ReleasedInstance(engine.Instance.Host, engine.Instance.Port, engine.Role, engine.Instance.WireId));
}

await host.StopAsync();
return placed.Count == 6 ? 0 : 1;
