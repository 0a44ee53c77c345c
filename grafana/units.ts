/** The units that Grafana knows. */

import { nearest } from "../lib/nearest.ts";

/**
 * Ids of Grafana's units.
 *
 * Source: `packages/grafana-data/src/valueFormats/categories.ts` of Grafana.
 */
const IDS = new Set(
  `none string short sishort percent percentunit humidity dB candela hex0x hex sci locale pixel
  accMS2 accFt2 accG degree radian grad arcmin arcsec areaM2 areaF2 areaMI2 acres hectares flops mflops gflops tflops pflops eflops zflops yflops
  ppm conppb conngm3 conngNm3 conμgm3 conμgNm3 conmgm3 conmgNm3 congm3 congNm3 conmgdL conmmolL
  currencyUSD currencyGBP currencyEUR currencyJPY currencyRUB currencyUAH currencyBRL currencyDKK currencyISK currencyNOK currencySEK currencyCZK
  currencyCHF currencyPLN currencyBTC currencymBTC currencyμBTC currencyZAR currencyINR currencyKRW currencyIDR currencyPHP currencyVND currencyTRY
  bytes decbytes bits decbits kbytes deckbytes mbytes decmbytes gbytes decgbytes tbytes dectbytes pbytes decpbytes
  binBps Bps binbps bps KiBs Kibits KBs Kbits MiBs Mibits MBs Mbits GiBs Gibits GBs Gbits TiBs Tibits TBs Tbits PiBs Pibits PBs Pbits pps
  dateTimeAsIso dateTimeAsIsoNoDateIfToday dateTimeAsUS dateTimeAsUSNoDateIfToday dateTimeAsLocal dateTimeAsLocalNoDateIfToday dateTimeAsSystem dateTimeFromNow
  watt kwatt megwatt gwatt mwatt Wm2 voltamp kvoltamp voltampreact kvoltampreact watth watthperkg kwatth kwattm amph kamph mamph joule ev amp kamp mamp volt kvolt mvolt dBm ohm kohm Mohm
  farad µfarad nfarad pfarad ffarad henry mhenry µhenry lumens flowgpm flowcms flowcfs flowcfm litreh flowlpm flowmlpm lux
  forceNm forcekNm forceN forcekN Hs KHs MHs GHs THs PHs EHs massmg massg masslb masskg masst lengthin lengthft lengthmm lengthm lengthkm lengthmi
  pressurembar pressurebar pressurekbar pressurepa pressurehpa pressurekpa pressurehg pressurepsi radbq radci radgy radrad radsv radmsv radμsv radrem radexpckg radr radsvh radmsvh radμsvh
  rotrpm rothz rotrads rotdegs celsius fahrenheit kelvin hertz ns µs ms s m h d dtdurationms dtdurations dthms dtdhms timeticks clockms clocks
  cps ops reqps rps wps iops eps mps recps rowsps cpm opm reqpm rpm wpm mpm epm velocityms velocitykmh velocitymph velocityknot
  mlitre litre m3 Nm3 dm3 gallons bool bool_yes_no bool_on_off`.split(/\s+/),
);

/** What begins a unit of one's own: text before or behind the number, and Grafana's scalable ones. */
const OWN = /^(?:suffix|prefix|currency|si|count|time|bool|currencysuffix|currencyprefix):./;

/** Whether Grafana knows a unit. */
export function isKnownUnit(id: string): boolean {
  return IDS.has(id) || OWN.test(id);
}

/** What to write instead of a unit that Grafana does not know. */
export function unitCure(id: string): string {
  const near = nearest(id, [...IDS]);
  return near
    ? `Did you mean "${near}"?`
    : `Use one of Grafana's, such as "bytes", or "suffix:${id}" for a word of your own`;
}
