using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Llumnix.Deploy.Tests.Interfaces;

/// <summary>
/// Requests that are wrong in one way each, for every operation of a document, to a program in any state: whatever is answered must be as the document tells.
/// </summary>
internal static class WrongRequests
{
    /// <summary>Longer than the console and the drains take, and shorter than anything else does.</summary>
    private const int LongBody = 20_000;

    /// <summary>Sends them and tells which answers are not as documented.</summary>
    /// <param name="client">Sends.</param>
    /// <param name="operations">The operations.</param>
    /// <param name="tokens">Tokens that are accepted; empty for a program without any.</param>
    internal static async Task<IReadOnlyList<string>> FindDeviationsAsync(HttpClient client, IEnumerable<DocumentedOperation> operations, params string[] tokens)
    {
        var deviations = new List<string>();
        foreach (DocumentedOperation operation in operations)
        {
            foreach ((string name, Action<HttpRequestMessage> change) in Variants(operation, tokens))
            {
                using var message = new HttpRequestMessage(new HttpMethod(operation.Method), operation.Path);
                message.Headers.Authorization = tokens.Length > 0 ? new AuthenticationHeaderValue("Bearer", tokens[^1]) : null;
                change(message);
                if (await FindDeviationAsync(client, operation, message) is { } deviation)
                {
                    deviations.Add($"{operation} ({name}): {deviation}");
                }
            }
        }

        return deviations;
    }

    /// <summary>Sends a method that no path has, without a token, and tells which paths answer 401; the others must answer 405.</summary>
    internal static async Task<string[]> FindUnauthorizedAsync(HttpClient client, IEnumerable<string> paths)
    {
        var unauthorized = new List<string>();
        foreach (string path in paths)
        {
            using var message = new HttpRequestMessage(HttpMethod.Patch, path);
            using HttpResponseMessage answer = await client.SendAsync(message, TestContext.Current.CancellationToken);
            Assert.True(answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.MethodNotAllowed, $"{path}: {answer.StatusCode}");
            if (answer.StatusCode == HttpStatusCode.Unauthorized)
            {
                unauthorized.Add(path);
            }
        }

        return [.. unauthorized];
    }

    private static async Task<string?> FindDeviationAsync(HttpClient client, DocumentedOperation operation, HttpRequestMessage message)
    {
        try
        {
            using HttpResponseMessage answer = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            return await operation.FindDeviationAsync(answer);
        }
        catch (HttpRequestException exception)
        {
            return exception.InnerException?.Message ?? exception.Message;
        }
    }

    private static IEnumerable<(string Name, Action<HttpRequestMessage> Change)> Variants(DocumentedOperation operation, string[] tokens)
    {
        yield return ("nothing but the path", static _ => { });
        yield return ("an unknown parameter", message => message.RequestUri = new Uri(operation.Path + "?colour=red", UriKind.Relative));
        yield return ("no token", static message => message.Headers.Authorization = null);
        yield return ("a wrong token", static message => message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "wrong"));
        yield return ("a wrong token, for JSON", static message =>
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "wrong");
            message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        });
        yield return ("a proxy", static message => message.Headers.Add("X-Forwarded-For", "203.0.113.7"));
        foreach (string token in tokens.SkipLast(1))
        {
            yield return ($"the token {token}", message => message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token));
        }

        if (operation.Body is null)
        {
            yield break;
        }

        yield return ("as documented", message => message.Content = Json(operation.Body.ToJsonString()));
        yield return ("no JSON", static message => message.Content = Json("{"));
        yield return ("no JSON, for JSON", static message =>
        {
            message.Content = Json("{");
            message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        });
        yield return ("a list", static message => message.Content = Json("[1]"));
        yield return ("an empty object", static message => message.Content = Json("{}"));
        yield return ("a form", message => message.Content = new StringContent(operation.Body.ToJsonString(), Encoding.UTF8, "application/x-www-form-urlencoded"));
        yield return ("a long body", message => message.Content = Json(operation.Body.ToJsonString() + new string(' ', LongBody)));
        yield return ("a compressed body", message =>
        {
            message.Content = Json(operation.Body.ToJsonString());
            message.Content.Headers.ContentEncoding.Add("gzip");
        });
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
