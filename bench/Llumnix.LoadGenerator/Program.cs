using System.CommandLine;
using Llumnix.LoadGenerator;

var root = new RootCommand("Measures /schedule: a load, a bare endpoint to compare with, and a CMS full of instances.")
{
    ScheduleLoad.Command(),
    BareEndpoint.Command(),
    CmsFleet.Command(),
};
return await root.Parse(args).InvokeAsync();
