using System.Text.Json.Serialization.Metadata;
using Llumnix.Server.Http;

namespace Llumnix.Server.AdminApi.Endpoints;

/// <summary>Answers with JSON that is made anew for each request.</summary>
/// <typeparam name="T">The answer.</typeparam>
/// <param name="type">How it is written.</param>
/// <param name="make">Makes it; null, with a text, where the request asks for what there is not.</param>
internal sealed class AnswerEndpoint<T>(JsonTypeInfo<T> type, Func<HttpContext, (T? Answer, int Status, string Error)> make) : IEndpoint
    where T : class
{
    /// <summary>An answer that there always is.</summary>
    public AnswerEndpoint(JsonTypeInfo<T> type, Func<HttpContext, T> make)
        : this(type, context => (make(context), StatusCodes.Status200OK, ""))
    {
    }

    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context)
    {
        (T? answer, int status, string error) = make(context);
        return answer is null
            ? ErrorResponse.WriteAsync(context, status, error)
            : JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, answer, type);
    }
}
