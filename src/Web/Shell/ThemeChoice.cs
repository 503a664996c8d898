using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AdaptCluster.Web.Shell;

/// <summary>
/// Light, dark, or as the system has it: kept in a cookie, so that a page is right from its first byte and needs no script for it.
/// </summary>
internal static class ThemeChoice
{
    public const string Path = "/theme";
    private const string Cookie = "theme";
    private static readonly TimeSpan Kept = TimeSpan.FromDays(365);

    /// <summary>What there is to choose.</summary>
    public static IReadOnlyList<string> All { get; } = ["auto", "light", "dark"];

    /// <summary>The choice of whoever asks.</summary>
    public static string Of(HttpContext? context) =>
        context?.Request.Cookies[Cookies(context).Name(Cookie)] is { } choice && All.Contains(choice) ? choice : All[0];

    /// <summary>Takes the choice of the form and goes back to the page that it stands on.</summary>
    public static async Task<IResult> SetAsync(HttpContext context, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context)) return Results.BadRequest();
        var form = await context.Request.ReadFormAsync();
        if (All.Contains(form["choice"].ToString()))
        {
            var cookies = Cookies(context);
            context.Response.Cookies.Append(cookies.Name(Cookie), form["choice"].ToString(), cookies.Options(Kept));
        }
        var back = form["back"].ToString();
        return Results.LocalRedirect(WebPages.IsLocalPath(back) ? back : "/");
    }

    private static PageCookies Cookies(HttpContext context) => context.RequestServices.GetRequiredService<PageCookies>();
}
