// A YARP proxy that sends each request to the engine with the fewest running requests, by a metric of its own. The engines: appsettings.json.
using Llumnix.Adapters.Embedding;
using Llumnix.Samples.Extension;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Yarp;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Services
    .AddLlumnixScheduler(new EmbeddedSchedulerOptions
    {
        Policies = new PolicyOptions { Dispatch = new DispatchOptions { Neutral = new LoadCriterion("num_running_requests", threshold: 256) } },
    })
    .AddMetric<RunningRequests>();
builder.Services.AddReverseProxy()
    .LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"))
    .AddLlumnixLoadBalancing();

WebApplication app = builder.Build();
app.MapReverseProxy();
await app.RunAsync();
