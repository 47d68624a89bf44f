using System.Net;
using System.Text;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.Discovery;

/// <summary>
/// Texts that list engines, with commas between: addresses, and before an address and an <c>@</c> what else is known of the engine, as in
/// <c>name=a,role=prefill,model=m@10.0.0.1:8000,10.0.0.2:8000</c>.
/// </summary>
public static class EngineList
{
    /// <summary>What is said before an <c>@</c>, for messages and the reference.</summary>
    public const string Attributes = "name=, role= (neutral, prefill, decode) and model= with commas between and @ after them";

    /// <summary>Reads a list. What stands in it twice is taken once.</summary>
    /// <param name="text">The list; empty for none.</param>
    /// <param name="readAddress">Reads an address; null where it is none.</param>
    /// <param name="engines">The engines in their order.</param>
    /// <returns>False when something in it is wrong, a name is given twice, or an address twice with different attributes.</returns>
    public static bool TryRead(string text, Func<string, DnsEndPoint?> readAddress, out IReadOnlyList<ListedEngine> engines)
    {
        var read = new List<ListedEngine>();
        var attributes = new List<string>();
        foreach (string item in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int at = item.LastIndexOf('@');
            if (at < 0 && item.Contains('=', StringComparison.Ordinal))
            {
                attributes.Add(item);
                continue;
            }

            if (at >= 0)
            {
                attributes.Add(item[..at]);
            }

            bool isComplete = at >= 0 || attributes.Count == 0;
            if (!isComplete || readAddress(item[(at + 1)..]) is not { } address || !TryDescribe(address, attributes, out ListedEngine engine))
            {
                engines = [];
                return false;
            }

            read.Add(engine);
            attributes.Clear();
        }

        engines = [.. read.Distinct()];
        return attributes.Count == 0 && engines.DistinctBy(static engine => (engine.Host, engine.Port)).Count() == engines.Count
            && !engines.Where(static engine => engine.Name.Length > 0).GroupBy(static engine => engine.Name).Any(static named => named.Skip(1).Any());
    }

    /// <summary>Writes engines as a text that reads back to them.</summary>
    /// <param name="engines">The engines.</param>
    /// <param name="writeAddress">Writes an address.</param>
    public static string Write(IEnumerable<ListedEngine> engines, Func<DnsEndPoint, string> writeAddress) =>
        string.Join(',', engines.Select(engine => AttributesOf(engine) + writeAddress(new DnsEndPoint(engine.Host, engine.Port))));

    private static bool TryDescribe(DnsEndPoint address, List<string> attributes, out ListedEngine engine)
    {
        engine = new ListedEngine(address.Host, address.Port);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string attribute in attributes)
        {
            int equals = attribute.IndexOf('=', StringComparison.Ordinal);
            string value = equals < 0 ? "" : attribute[(equals + 1)..].Trim();
            if (value.Length is 0 or > 256 || value.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c)) || !seen.Add(attribute[..equals].Trim()))
            {
                return false;
            }

            switch (attribute[..equals].Trim())
            {
                // With a colon it could be the id that another engine's role and address make.
                case "name" when !value.Contains(':', StringComparison.Ordinal):
                    engine = engine with { Name = value };
                    break;
                case "role" when InferTypeNames.TryParse(value, out InferType role):
                    engine = engine with { Role = role };
                    break;
                case "model":
                    engine = engine with { Model = value };
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    private static string AttributesOf(ListedEngine engine)
    {
        var text = new StringBuilder();
        Append("name", engine.Name);
        Append("role", engine.Role?.ToName() ?? "");
        Append("model", engine.Model);
        return text.Length > 0 ? text.Append('@').ToString() : "";

        void Append(string key, string value)
        {
            if (value.Length > 0)
            {
                text.Append(text.Length > 0 ? "," : "").Append(key).Append('=').Append(value);
            }
        }
    }
}
