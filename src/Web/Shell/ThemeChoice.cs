using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;

namespace AdaptCluster.Web.Shell;

/// <summary>
/// Light, dark, or as the system has it: kept in a cookie, so that a page is right from its first byte and needs no script for it.
/// </summary>
internal static class ThemeChoice
{
    public const string Path = "/theme";
    private const string Cookie = "theme";

    /// <summary>What there is to choose.</summary>
    public static IReadOnlyList<string> All { get; } = ["auto", "light", "dark"];

    /// <summary>The choice of whoever asks.</summary>
    public static string Of(HttpContext? context) =>
        context?.Request.Cookies[Cookie] is { } choice && All.Contains(choice) ? choice : All[0];

    /// <summary>Takes the choice of the form and goes back to the page that it stands on.</summary>
    public static async Task<IResult> SetAsync(HttpContext context, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context)) return Results.BadRequest();
        var form = await context.Request.ReadFormAsync();
        if (All.Contains(form["choice"].ToString()))
            context.Response.Cookies.Append(Cookie, form["choice"].ToString(), new CookieOptions
            {
                MaxAge = TimeSpan.FromDays(365),
                SameSite = SameSiteMode.Strict,
                HttpOnly = true,
                IsEssential = true,
            });
        var back = form["back"].ToString();
        return Results.LocalRedirect(WebPages.IsLocalPath(back) ? back : "/");
    }
}
