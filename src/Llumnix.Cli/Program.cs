using System.CommandLine;
using Llumnix.Cli.Configuration;
using Llumnix.Cli.Demo;
using Llumnix.Cli.Engines;
using Llumnix.Cli.Explain;
using Llumnix.Cli.Gateway;
using Llumnix.Cli.Profiling;
using Llumnix.Cli.Serve;
using Llumnix.Cli.Simulate;
using Llumnix.Server.Hosting;

if (args is ["scheduler", .. string[] schedulerArgs])
{
    // The scheduler's flags are those of existing deployments and have a parser of their own.
    return await SchedulerProgram.RunAsync(schedulerArgs, CancellationToken.None);
}

if (args is ["rescheduler", .. string[] reschedulerArgs])
{
    return await SchedulerProgram.RunAsync(["--standalone-rescheduling-mode", .. reschedulerArgs], CancellationToken.None);
}

Command serve = ServeCommand.Create();
Command gateway = GatewayCommand.Create();
if (args is ["serve" or "gateway", .. string[] serviceArgs])
{
    bool isGateway = args[0] == gateway.Name;
    string[] expanded = ExtraArguments.Expand(isGateway ? gateway : serve, serviceArgs, name => isGateway && ReplacedFlags.IsRefused(name), out string? problem);
    problem ??= isGateway ? ReplacedFlags.FindProblem(expanded) : null;
    if (problem is not null)
    {
        await Console.Error.WriteLineAsync(problem);
        return 2;
    }

    args = [args[0], .. isGateway ? ReplacedFlags.WithoutOff(expanded) : expanded];
}

if (args is ["validate-config", .. string[] checkedArgs])
{
    return ConfigurationCheck.Run(checkedArgs, Console.Out);
}

var root = new RootCommand("Llumnix for .NET: a request scheduler and gateway for fleets of LLM inference engines.")
{
    serve,
    GatewayKeyCommand.Create(),
    gateway,
    new Command("scheduler", "Runs the scheduler; its flags: llumnix scheduler --help."),
    new Command("rescheduler", "Runs the rescheduler by itself; its flags are the scheduler's."),
    new Command("validate-config", "Checks the scheduler's flags, environment, files and profiling tables without starting it."),
    EngineCommand.Create(),
    DemoCommand.Create(),
    ProfileCommand.Create(),
    ExplainCommand.Create(),
    SimulateCommand.Create(),
};

// The gateway sees to signals itself: its streams may go on for longer.
TimeSpan? terminationTimeout = args is ["serve" or "gateway", ..] ? null : TimeSpan.FromSeconds(30);
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = terminationTimeout });
