using System.IO.Pipelines;
using System.Text;
using Llumnix.Server.Draining;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Llumnix.Server.Tests.Draining;

public sealed class DrainEndpointTests
{
    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("DELETE")]
    public async Task Any_AmbiguousName_IsAConflictThatListsTheInstances(string method)
    {
        var drains = new DrainReplica(new DrainValueStore()) { Ambiguity = [.. Enumerable.Range(0, 10).Select(static i => $"engine-{i}")] };
        using var answer = new MemoryStream();
        var context = new DefaultHttpContext();
        context.Response.Body = answer;
        context.Request.Method = method;
        if (method == "POST")
        {
            context.Request.ContentType = "application/json";
            context.Request.Body = new MemoryStream("""{"instance":"10.0.0.1_instance0_1"}"""u8.ToArray());
        }
        else
        {
            context.Request.QueryString = new QueryString("?instance=10.0.0.1_instance0_1");
        }

        await new DrainEndpoint(drains).HandleAsync(context);
        Assert.Equal(StatusCodes.Status409Conflict, context.Response.StatusCode);
        Assert.Equal(
            "several instances have this name, use an id or host:port: engine-0, engine-1, engine-2, engine-3, engine-4, engine-5, engine-6, engine-7 and 2 more\n",
            Encoding.UTF8.GetString(answer.ToArray()));
        Assert.Empty(drains.Drains);
    }

    [Theory]
    [InlineData(408, 408, "the body came too slowly\n")]
    [InlineData(400, 400, "the body is not complete\n")]
    public async Task Post_BodyDoesNotCome_SaysWhy(int thrown, int status, string error)
    {
        var drains = new DrainReplica(new DrainValueStore());
        using var answer = new MemoryStream();
        var context = new DefaultHttpContext();
        context.Response.Body = answer;
        context.Request.Method = "POST";
        context.Request.ContentType = "application/json";
        context.Features.Set<IRequestBodyPipeFeature>(new FailingBody(new BadHttpRequestException("failed", thrown)));
        await new DrainEndpoint(drains).HandleAsync(context);
        Assert.Equal(status, context.Response.StatusCode);
        Assert.Equal(error, Encoding.UTF8.GetString(answer.ToArray()));
        Assert.Equal("close", context.Response.Headers.Connection);
        Assert.Empty(drains.Drains);
    }

    /// <summary>A body at which the server gave up.</summary>
    private sealed class FailingBody : IRequestBodyPipeFeature
    {
        internal FailingBody(Exception exception)
        {
            var pipe = new Pipe();
            pipe.Writer.Complete(exception);
            Reader = pipe.Reader;
        }

        public PipeReader Reader { get; }
    }
}
