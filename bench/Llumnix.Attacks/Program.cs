using System.CommandLine;
using Llumnix.Attacks;
using Llumnix.Attacks.Soak;
using Llumnix.Attacks.Soak.Gateway;

var root = new RootCommand("Attacks schedulers, and runs one for very long.")
{
    AttackCommand.Command(),
    AttackCommand.ListCommand(),
    SoakCommand.Command(),
    GatewaySoakCommand.Command(),
};
// Time to end what was started when somebody stops it.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(20) });
