using System.CommandLine;
using Llumnix.Cli.Commands;
using Llumnix.Cli.Configuration;
using Llumnix.Cli.Demo;
using Llumnix.Cli.Drain;
using Llumnix.Cli.Engines;
using Llumnix.Cli.Explain;
using Llumnix.Cli.Gateway;
using Llumnix.Cli.Llumlet;
using Llumnix.Cli.Profiling;
using Llumnix.Cli.Serve;
using Llumnix.Cli.Simulate;
using Llumnix.Cli.Top;
using Llumnix.Server.Hosting;

if (args is ["scheduler", .. string[] schedulerArgs])
{
    // The scheduler's flags are those of existing deployments and have a parser of their own.
    return await SchedulerProgram.RunAsync(schedulerArgs, CancellationToken.None);
}

if (args is ["rescheduler", .. string[] reschedulerArgs])
{
    return await SchedulerProgram.RunReschedulerAsync(reschedulerArgs, CancellationToken.None);
}

if (args is ["serve", .. string[] serveArgs])
{
    return await ServeCommand.RunAsync(serveArgs);
}

if (args is ["gateway", .. string[] gatewayArgs])
{
    return await GatewayCommand.RunAsync(gatewayArgs);
}

if (args is ["llumlet", .. string[] llumletArgs])
{
    return await LlumletCommand.RunAsync(llumletArgs);
}

if (args is ["validate-config", .. string[] checkedArgs])
{
    return ConfigurationCheck.Run(checkedArgs, Console.Out);
}

var root = new RootCommand("Llumnix for .NET: a request scheduler and gateway for fleets of LLM inference engines.")
{
    new Command("serve", "Serves the OpenAI API in front of engines, with load-aware scheduling; its flags: llumnix serve --help."),
    GatewayKeyCommand.Create(),
    new Command("gateway", "Serves the OpenAI API in front of a fleet, with schedulers that place the requests; its flags: llumnix gateway --help."),
    new Command("llumlet", "Reads a plain engine beside it and writes its load into the CMS; its flags: llumnix llumlet --help."),
    new Command("scheduler", "Runs the scheduler; its flags: llumnix scheduler --help."),
    new Command("rescheduler", "Runs the rescheduler by itself; its flags: llumnix rescheduler --help."),
    new Command("validate-config", "Checks flags, environment and files of scheduler, serve or gateway without a start: llumnix validate-config gateway --port 8089."),
    EngineCommand.Create(),
    DemoCommand.Create(),
    ProfileCommand.Create(),
    ExplainCommand.Create(),
    DrainCommand.Create(),
    SimulateCommand.Create(),
    TopCommand.Create(),
};

return await CommandRunner.RunAsync(root, args, Console.Out, Console.Error, CancellationToken.None);
