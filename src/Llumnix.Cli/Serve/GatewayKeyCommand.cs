using System.Buffers.Text;
using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Llumnix.Adapters.Options.Parsing;
using Llumnix.Gateway.Keys;

namespace Llumnix.Cli.Serve;

/// <summary><c>llumnix gateway-key</c>: makes an API key, and the entry that its file needs.</summary>
internal static class GatewayKeyCommand
{
    private const int KeyBytes = 32;

    internal static Command Create()
    {
        var name = new Option<string>("--name") { Description = "Whose key it is.", Required = true };
        name.Validators.Add(result =>
        {
            if (result.Tokens is [.., var token] && !ApiKeyName.IsValid(token.Value))
            {
                result.AddError($"{name.Name} {ApiKeyName.Rule}, not {RefusedValue.Quote(token.Value)}");
            }
        });
        var command = new Command("gateway-key", "Makes an API key for --api-key-file. The key is shown once, the file holds only its hash.") { name };
        command.SetAction(parsed =>
        {
            string key = "sk-" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyBytes));
            Console.Error.WriteLine($"the key, for the client: {key}");
            Console.Error.WriteLine("the entry, for the list \"keys\" of the file:");
            Console.Out.WriteLine(EntryOf(parsed.GetValue(name)!, key));
        });
        return command;
    }

    /// <summary>The entry of a key.</summary>
    internal static string EntryOf(string name, string key)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        return $$"""{"name": "{{JsonEncodedText.Encode(name)}}", "sha256": "{{hash}}", "max_priority": 0, "requests_per_minute": 0, "tokens_per_minute": 0}""";
    }
}
