import { describe, expect, it } from "vitest";
import { choiceSetting, numberSetting, SETTINGS, setting } from "./settings-table";

describe("the table of settings", () => {
  it("knows settings by name", () => {
    expect(setting("swing").label).toBe("Swing");
    expect(numberSetting("follow_bass").slider).toEqual([0, 2]);
    expect(choiceSetting("feel").choices.map(({ value }) => value)).toContain("half-time");
  });

  it("throws on a name that there is not, and on a setting of another kind", () => {
    expect(() => setting("freedom")).toThrow("no setting is called 'freedom'");
    expect(() => numberSetting("feel")).toThrow("'feel' is no number");
    expect(() => choiceSetting("swing")).toThrow("'swing' is no choice");
  });

  it.each(SETTINGS.map((one) => [one.name, one] as const))("has a sound row for %s", (_, one) => {
    expect(setting(one.name)).toBe(one);
    for (const words of [one.label, one.heading, one.help]) expect(words).toMatch(/\S/);
    if (one.kind === "choice") {
      expect(one.choices.map(({ value }) => value)).toContain(one.default);
    } else if (one.kind === "flag") {
      expect(one.default).toBeTypeOf("boolean");
    } else {
      const [from, to] = one.slider;
      const high = one.high ?? Number.POSITIVE_INFINITY;
      expect(one.low).toBeLessThanOrEqual(from);
      expect(to).toBeLessThanOrEqual(high);
      expect(from).toBeLessThan(to);
      expect(one.default).toBeGreaterThanOrEqual(from);
      expect(one.default).toBeLessThanOrEqual(to);
      expect(["share", "times", "plain", "beats"]).toContain(one.unit);
    }
  });
});
