using System.Text.Json;

namespace Llumnix.Gateway.Routing;

/// <summary>Reads routes from their JSON: an array of objects with base_url, api_key, model, fallback, weight and prefix.</summary>
public static class RouteConfiguration
{
    /// <summary>Reads routes. Problems name the entry and never hold a value, as keys may stand in the wrong place.</summary>
    /// <param name="policy"><c>weight</c>, <c>prefix</c> or empty.</param>
    /// <param name="json">The routes; empty for none.</param>
    /// <param name="table">The routes; null when there are none, or a problem.</param>
    /// <returns>What is wrong; null when nothing is.</returns>
    public static string? Read(string policy, string json, out RouteTable? table)
    {
        table = null;
        if (policy is not ("" or "weight" or "prefix"))
        {
            return "the policy of routes must be weight or prefix";
        }

        var routes = new List<Route>();
        if (json.Length > 0 && ReadAll(json, routes) is { } problem)
        {
            return problem;
        }

        if (routes.Count == 0)
        {
            return policy.Length == 0 ? null : "a policy of routes needs routes";
        }

        if (policy.Length == 0 && !routes.Any(static route => route.IsFallback))
        {
            return "without a policy only routes with \"fallback\": true have a meaning";
        }

        if (policy == "weight" && routes.All(static route => route.Weight == 0))
        {
            return "with the policy weight a route must have a weight above 0";
        }

        table = new RouteTable(policy switch { "weight" => RoutePolicy.Weight, "prefix" => RoutePolicy.Prefix, _ => RoutePolicy.Local }, routes);
        return null;
    }

    private static string? ReadAll(string json, List<Route> routes)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Array)
            {
                return "routes must be a JSON array";
            }

            foreach (JsonElement entry in document.RootElement.EnumerateArray())
            {
                if (ReadOne(entry, out Route? route) is { } problem)
                {
                    return FormattableString.Invariant($"route {routes.Count + 1}: {problem}");
                }

                routes.Add(route!);
            }

            return null;
        }
        catch (JsonException exception)
        {
            return FormattableString.Invariant($"routes are not valid JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}");
        }
    }

    private static string? ReadOne(JsonElement entry, out Route? route)
    {
        route = null;
        if (entry.ValueKind != JsonValueKind.Object)
        {
            return "must be an object";
        }

        string url = "", key = "", model = "", prefix = "";
        bool isFallback = false;
        int weight = 0;
        foreach (JsonProperty member in entry.EnumerateObject())
        {
            JsonElement value = member.Value;
            bool isText = value.ValueKind == JsonValueKind.String;
            switch (member.Name)
            {
                case "base_url" when isText: url = value.GetString()!; break;
                case "api_key" when isText: key = value.GetString()!; break;
                case "model" when isText: model = value.GetString()!; break;
                case "prefix" when isText: prefix = value.GetString()!; break;
                case "fallback" when value.ValueKind is JsonValueKind.True or JsonValueKind.False: isFallback = value.GetBoolean(); break;
                case "weight" when value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out weight) && weight >= 0: break;
                case "base_url" or "api_key" or "model" or "prefix": return member.Name + " must be a text";
                case "fallback": return "fallback must be true or false";
                case "weight": return "weight must be a whole number, 0 or above";
                default: return "has a member other than base_url, api_key, model, fallback, weight and prefix";
            }
        }

        Uri? target = null;
        if (url != "local" && (!Uri.TryCreate(url, UriKind.Absolute, out target) || target.Scheme is not ("http" or "https")
            || target.UserInfo.Length > 0 || target.Query.Length > 0 || target.Fragment.Length > 0))
        {
            return "base_url must be local, or a URL with http or https and without user, query and fragment";
        }

        if (target is null && (isFallback || key.Length > 0 || model.Length > 0))
        {
            return "api_key, model and fallback have no meaning with base_url local";
        }

        if (!key.All(static c => c is > ' ' and < (char)127))
        {
            return "api_key must be of printable ASCII characters";
        }

        route = new Route { BaseUrl = target, ApiKey = key, Model = model, IsFallback = isFallback, Weight = weight, Prefix = prefix };
        return null;
    }
}
