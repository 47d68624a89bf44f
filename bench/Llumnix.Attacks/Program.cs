using System.CommandLine;
using Llumnix.Attacks;
using Llumnix.Attacks.Soak;

var root = new RootCommand("Attacks schedulers, and runs one for very long.")
{
    AttackCommand.Command(),
    AttackCommand.ListCommand(),
    SoakCommand.Command(),
};
// Time to end what was started when somebody stops it.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(20) });
