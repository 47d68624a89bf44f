using System.CommandLine;
using Llumnix.LoadGenerator;

var root = new RootCommand("Measures the scheduler: a load, a bare endpoint to compare with, a CMS full of instances, gateways that report.")
{
    ScheduleLoad.Command(),
    BareEndpoint.Command(),
    CmsFleet.Command(),
    GatewayReports.Command(),
};
return await root.Parse(args).InvokeAsync();
