using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Llumnix.Server.WebConsole;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Server.Tests.WebConsole;

/// <summary>The console's files as they are served, and what holds of all of them.</summary>
public sealed partial class ConsolePagesTests
{
    private static readonly ConsolePages Pages = new();

    /// <summary>Our own files; the chart library's is what its package has.</summary>
    private static readonly Dictionary<string, string> Texts = ConsolePages.ReadFiles()
        .Where(static file => !file.Path.StartsWith("lib/", StringComparison.Ordinal))
        .ToDictionary(static file => file.Path, static file => Encoding.UTF8.GetString(file.Content));

    [Theory]
    [InlineData("/console/", "text/html; charset=utf-8")]
    [InlineData("/console/main.js", "text/javascript; charset=utf-8")]
    [InlineData("/console/console.css", "text/css; charset=utf-8")]
    [InlineData("/console/icon.svg", "image/svg+xml")]
    [InlineData("/console/lib/echarts.js", "text/javascript; charset=utf-8")]
    public async Task Get_File_WithItsTypeAndAPolicyThatNamesNoOtherPlace(string path, string type)
    {
        (HttpResponse response, byte[] body) = await GetAsync(path);
        Assert.Equal(200, response.StatusCode);
        Assert.Equal(type, response.ContentType);
        Assert.Equal(body.Length, response.ContentLength);
        Assert.NotEmpty(body);
        string policy = response.Headers.ContentSecurityPolicy.ToString();
        Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotMatch("https?:|[*]", policy);
        Assert.Equal("nosniff", response.Headers.XContentTypeOptions);
    }

    [Fact]
    public async Task Get_WithoutTheSlash_LeadsToThePageRelativeToItself()
    {
        (HttpResponse response, _) = await GetAsync("/console");
        Assert.Equal(302, response.StatusCode);
        Assert.Equal("console/", response.Headers.Location);
    }

    [Fact]
    public async Task Get_GzipIsAccepted_TheSameBytesCompressed()
    {
        (HttpResponse plain, byte[] expected) = await GetAsync("/console/lib/echarts.js");
        (HttpResponse response, byte[] body) = await GetAsync("/console/lib/echarts.js", request => request.Headers.AcceptEncoding = "br, gzip");
        Assert.Equal("gzip", response.Headers.ContentEncoding);
        Assert.Equal("Accept-Encoding", response.Headers.Vary);
        Assert.NotEqual(plain.Headers.ETag, response.Headers.ETag);
        Assert.True(body.Length < expected.Length / 2);
        using var decompressed = new MemoryStream();
        await using var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
        await gzip.CopyToAsync(decompressed, TestContext.Current.CancellationToken);
        Assert.Equal(expected, decompressed.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("gzip")]
    public async Task Get_FileThatTheClientHas_304(string encoding)
    {
        (HttpResponse first, _) = await GetAsync("/console/main.js", request => request.Headers.AcceptEncoding = encoding);
        (HttpResponse second, byte[] body) = await GetAsync("/console/main.js", request =>
        {
            request.Headers.AcceptEncoding = encoding;
            request.Headers.IfNoneMatch = first.Headers.ETag;
        });
        Assert.Equal(304, second.StatusCode);
        Assert.Empty(body);
    }

    [Fact]
    public async Task Head_File_ItsLengthWithoutIt()
    {
        (HttpResponse response, byte[] body) = await GetAsync("/console/", request => request.Method = HttpMethods.Head);
        Assert.Equal(200, response.StatusCode);
        Assert.True(response.ContentLength > 0);
        Assert.Empty(body);
    }

    [Theory]
    [InlineData("/console/none.js")]
    [InlineData("/console/../console/")]
    [InlineData("/")]
    public async Task Get_NoFileOfTheConsole_404(string path)
    {
        (HttpResponse response, _) = await GetAsync(path);
        Assert.Equal(404, response.StatusCode);
    }

    [Fact]
    public async Task Post_File_405()
    {
        (HttpResponse response, _) = await GetAsync("/console/", request => request.Method = HttpMethods.Post);
        Assert.Equal(405, response.StatusCode);
    }

    [Fact]
    public void Files_EveryImport_IsServed()
    {
        int imports = 0;
        foreach ((string path, string text) in Texts)
        {
            foreach (Match match in Import().Matches(text))
            {
                string imported = new Uri(new Uri($"http://console/{path}"), match.Groups[1].Value).AbsolutePath[1..];
                Assert.True(Texts.ContainsKey(imported), $"{path} imports {imported}");
                imports++;
            }
        }

        Assert.InRange(imports, 20, int.MaxValue);
    }

    /// <summary>Texts of the API must never become markup or code, and nothing comes from elsewhere.</summary>
    [Fact]
    public void Files_NoMarkupFromTextsAndNoOtherPlaces()
    {
        foreach ((string path, string text) in Texts)
        {
            Assert.False(Forbidden().IsMatch(text), $"{path}: {Forbidden().Match(text).Value}");
        }
    }

    private static async Task<(HttpResponse Response, byte[] Body)> GetAsync(string path, Action<HttpRequest>? prepare = null)
    {
        var context = new DefaultHttpContext();
        using var body = new MemoryStream();
        context.Request.Method = HttpMethods.Get;
        context.Request.Path = path;
        context.Response.Body = body;
        prepare?.Invoke(context.Request);
        await Pages.HandleAsync(context);
        return (context.Response, body.ToArray());
    }

    [GeneratedRegex("""from '([^']+)'""")]
    private static partial Regex Import();

    [GeneratedRegex("""innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|\bstyle="|\bon[a-z]+="|(?:https?:)?//(?!www\.w3\.org/2000/svg)[\w-]+\.\w""")]
    private static partial Regex Forbidden();
}
