using System.CommandLine;
using Llumnix.LoadGenerator;
using Llumnix.LoadGenerator.Gateways;
using Llumnix.LoadGenerator.Restarts;

var root = new RootCommand("Measures scheduler and gateway: loads, a bare endpoint and a bare proxy to compare with, a CMS full of instances, stub engines, pages of engines.")
{
    ScheduleLoad.Command(),
    ScheduleComparison.Command(),
    LaunchComparison.Command(),
    FailoverLoad.Command(),
    RestartLoad.Command(),
    BareEndpoint.Command(),
    CmsFleet.Command(),
    PlacementBurst.Command(),
    GatewayReports.Command(),
    StubEngine.Command(),
    BareProxy.Command(),
    GatewayComparison.Command(),
    OpenStreams.Command(),
    EnginePages.Command(),
};
return await root.Parse(args).InvokeAsync();
