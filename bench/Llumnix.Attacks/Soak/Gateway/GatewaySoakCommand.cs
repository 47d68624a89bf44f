using System.CommandLine;

namespace Llumnix.Attacks.Soak.Gateway;

/// <summary><c>attacks soak-gateway</c>: very many requests through a gateway while what it depends on fails.</summary>
internal static class GatewaySoakCommand
{
    private const int FewestRequests = 100;

    internal static Command Command()
    {
        var program = new Option<string>("--program") { Description = "path of llumnix.dll", Required = true };
        var requests = new Option<int>("--requests") { Description = "how many, at least 100", DefaultValueFactory = _ => 100_000 };
        requests.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < FewestRequests)
            {
                result.AddError($"--requests must be at least {FewestRequests}");
            }
        });
        var command = new Command("soak-gateway", "Sends very many requests through a gateway and looks for what is left over.") { program, requests };
        command.SetAction(async (parsed, cancellation) =>
        {
            bool isGood = await new GatewaySoak(parsed.GetValue(program)!, parsed.GetValue(requests)).RunAsync(cancellation);
            Console.WriteLine(isGood ? "every request was answered, memory is flat, accounts are at zero" : "a request was lost, or something grew or was left over");
            return isGood ? 0 : 1;
        });
        return command;
    }
}
