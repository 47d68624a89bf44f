using Llumnix.Cli.Commands;
using Llumnix.Cli.Configuration;
using Llumnix.Cli.Gateway;
using Llumnix.Cli.Llumlet;
using Llumnix.Cli.Serve;
using Llumnix.Server.Hosting;

if (args is ["scheduler", .. string[] schedulerArgs])
{
    // The scheduler's flags are those of existing deployments and have a parser of their own.
    return await SchedulerProgram.RunAsync(schedulerArgs, CancellationToken.None, ConfigurationCheck.FindSchedulerFileProblems);
}

if (args is ["rescheduler", .. string[] reschedulerArgs])
{
    return await SchedulerProgram.RunReschedulerAsync(reschedulerArgs, CancellationToken.None, ConfigurationCheck.FindSchedulerFileProblems);
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
    return await ConfigurationCheck.RunAsync(checkedArgs, Console.Out, Console.Error, CancellationToken.None);
}

return await CommandRunner.RunAsync(Root.Create(), args, Console.Out, Console.Error, CancellationToken.None);
