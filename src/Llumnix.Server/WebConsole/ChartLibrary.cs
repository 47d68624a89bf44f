using System.Reflection;

namespace Llumnix.Server.WebConsole;

/// <summary>The chart library of the console, Apache ECharts, for other pages that show charts.</summary>
public static class ChartLibrary
{
    internal const string ResourceName = "console/lib/echarts.js";

    /// <summary>Reads the library's script, which defines the global object <c>echarts</c>.</summary>
    public static byte[] ReadScript()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(ResourceName)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
